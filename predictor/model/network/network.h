// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The network: job and candidates in, a mixture for each resource out; and its gradient.
//
//   x  (J + I E)  job features, and an embedding for each identity
//   h1 = relu(x W_job1 + b)           h2 = relu(h1 W_job2 + b)                 (H)
//   u_k = relu(p_k W_pair1 + h2 W_to_pair + b)   z_k = relu(u_k W_pair2 + b)   (K, D)
//   (s, d, v)_k = z_k W_pair_out + b       score, shift, width for each resource
//   (s, v)_n    = h2 W_bin_out + b         for each bin
//   weights     softmax over s_k + a log(kernel's weight of k) and s_n - 5
//   centers     value_k + 0.3 tanh d_k;    reference + offset_n
//   widths      least + softplus(v + start)
//
// Additive attention over a user's own past (Bahdanau et al., 2015; Vinyals et al., "Pointer networks", 2015)
// whose weights are those of a mixture density (Bishop, 1994).
//
// Runs in: slurmctld and offline.
// Threads: the functions are pure; one NetworkState, one thread.

#include <cstddef>
#include <span>
#include <vector>

#include "predictor/model/features/features.h"
#include "predictor/model/network/mixture.h"
#include "predictor/model/network/network_layout.h"
#include "predictor/model/network/products.h"

namespace foreshape {

/// The caller's workspace: what forward computed, and room for backward.
struct NetworkState {
  /// Room for batches of up to `batch`; without `trains` only for forward. 35 KB for a batch of one.
  NetworkState(const NetworkSizes& sizes, std::size_t batch, bool trains);

  NetworkSizes sizes;
  NetworkLayout layout;
  std::size_t batch;
  /// Mixtures are made for these only; the others keep what they were.
  std::array<bool, kResources> wanted = {true, true, true, true, true};
  std::vector<float> x, h1, h2;             // (B, J + I E), (B, H), (B, H)
  std::vector<float> job_part;              // (B, D)
  std::vector<float> pairs, u, z, outputs;  // (B K, P), (B K, D), (B K, D), (B K, kPairOutputs)
  std::vector<float> bins;                  // (B, kBinOutputs)
  std::vector<Mixture> mixtures;            // (B, R)
  std::vector<float> dx, dh1, dh2, djob_part, du, dz, doutputs, dbins;
};

/// Fills state.mixtures for the inputs; inputs.size() <= state.batch. Never allocates.
///
/// weights  (layout.total)
void forward(std::span<const float> weights, std::span<const ModelInput* const> inputs, Products& products,
             NetworkState& state);

/// After forward of the same inputs: the mean over the batch of the sum of the resources' losses, each times
/// its weight. Overwrites gradient (layout.total).
double backward(std::span<const float> weights, std::span<const ModelInput* const> inputs,
                std::span<const Target* const> targets, const std::array<float, kResources>& resource_weights,
                Products& products, NetworkState& state, std::span<float> gradient);

}  // namespace foreshape
