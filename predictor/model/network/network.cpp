// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/model/network/network.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "predictor/model/network/dense_layer.h"
#include "predictor/model/network/mixture_head.h"

namespace foreshape {
namespace {

std::size_t embedding_row(const NetworkSizes& sizes, std::size_t identity, TextHash hash) {
  // 0 ("not said") keeps a bucket of its own: the first.
  const std::uint32_t bucket =
      hash == 0 ? 0 : 1 + (hash * 2'654'435'769U >> 8U) % (sizes.identity_buckets - 1);
  return identity * sizes.identity_buckets + bucket;
}

void gather_inputs(std::span<const float> weights, std::span<const ModelInput* const> inputs,
                   NetworkState& s) {
  const std::size_t E = s.sizes.embedding;
  for (std::size_t b = 0; b < inputs.size(); ++b) {
    const ModelInput& in = *inputs[b];
    float* x = s.x.data() + b * s.layout.inputs;
    std::ranges::copy(in.job, x);
    for (std::size_t i = 0; i < kIdentities; ++i)
      std::copy_n(at(weights, s.layout.embedding) + embedding_row(s.sizes, i, in.identities[i]) * E, E,
                  x + kJobFeatures + i * E);
    float* pairs = s.pairs.data() + b * kPointed * kPairFeatures;
    const std::size_t used = in.candidates * kPairFeatures;
    std::copy_n(in.pairs.data(), used, pairs);
    std::fill_n(pairs + used, kPointed * kPairFeatures - used, 0.0F);
  }
}

/// A single job's rows end with its candidates; in a batch all have the same number.
std::size_t pair_rows(std::span<const ModelInput* const> inputs) {
  return inputs.size() == 1 ? inputs[0]->candidates : inputs.size() * kPointed;
}

/// Embeddings: each identity's part of dx goes to the row that was looked up.
void embedding_back(std::span<const ModelInput* const> inputs, const NetworkState& s,
                    std::span<float> gradient) {
  const std::size_t E = s.sizes.embedding;
  for (std::size_t b = 0; b < inputs.size(); ++b)
    for (std::size_t i = 0; i < kIdentities; ++i) {
      float* row = at(gradient, s.layout.embedding) + embedding_row(s.sizes, i, inputs[b]->identities[i]) * E;
      const float* d = s.dx.data() + b * s.layout.inputs + kJobFeatures + i * E;
      for (std::size_t e = 0; e < E; ++e) row[e] += d[e];
    }
}

/// The losses, and the gradients of the network's outputs.
double losses(std::span<const ModelInput* const> inputs, std::span<const Target* const> targets,
              const std::array<float, kResources>& resource_weights, NetworkState& s, float* dkernel) {
  std::ranges::fill(s.doutputs, 0.0F);
  std::ranges::fill(s.dbins, 0.0F);
  double sum = 0;
  MixtureGradient g;  // NOLINT(cppcoreguidelines-pro-type-member-init): set before it is read
  for (std::size_t b = 0; b < inputs.size(); ++b)
    for (std::size_t r = 0; r < kResources; ++r) {
      if (!s.wanted[r] || targets[b]->known[r] == kUnknown || resource_weights[r] == 0) continue;
      const double loss =
          mixture_loss(s.mixtures[b * kResources + r], targets[b]->value[r], targets[b]->known[r], g);
      sum += static_cast<double>(resource_weights[r]) * loss;
      mixture_back(
          *inputs[b], r, s.outputs.data() + b * kPointed * kPairOutputs, s.bins.data() + b * kBinOutputs, g,
          resource_weights[r] / static_cast<float>(inputs.size()),
          s.doutputs.data() + b * kPointed * kPairOutputs, s.dbins.data() + b * kBinOutputs, dkernel);
    }
  return sum / static_cast<double>(inputs.size());
}

}  // namespace

NetworkState::NetworkState(const NetworkSizes& network_sizes, std::size_t most, bool trains)
    : sizes(network_sizes), layout(network_sizes), batch(most) {
  const std::size_t B = most, BK = most * kPointed, H = sizes.hidden, D = sizes.pair_hidden;
  x.resize(B * layout.inputs);
  h1.resize(B * H);
  h2.resize(B * H);
  job_part.resize(B * D);
  pairs.resize(BK * kPairFeatures);
  u.resize(BK * D);
  z.resize(BK * D);
  outputs.resize(BK * kPairOutputs);
  bins.resize(B * kBinOutputs);
  mixtures.resize(B * kResources);
  if (!trains) return;
  dx.resize(x.size());
  dh1.resize(h1.size());
  dh2.resize(h2.size());
  djob_part.resize(job_part.size());
  du.resize(u.size());
  dz.resize(z.size());
  doutputs.resize(outputs.size());
  dbins.resize(bins.size());
}

void forward(std::span<const float> weights, std::span<const ModelInput* const> inputs, Products& products,
             NetworkState& s) {
  assert(inputs.size() <= s.batch && weights.size() == s.layout.total);
  const NetworkLayout& l = s.layout;
  const std::size_t B = inputs.size(), BK = pair_rows(inputs), H = s.sizes.hidden, D = s.sizes.pair_hidden;
  gather_inputs(weights, inputs, s);
  products.multiply(s.x.data(), at(weights, l.job1), s.h1.data(), {B, l.inputs, H});
  add_and_rectify(s.h1.data(), at(weights, l.job1_bias), nullptr, B, H, 1);
  products.multiply(s.h1.data(), at(weights, l.job2), s.h2.data(), {B, H, H});
  add_and_rectify(s.h2.data(), at(weights, l.job2_bias), nullptr, B, H, 1);
  products.multiply(s.h2.data(), at(weights, l.bin_out), s.bins.data(), {B, H, kBinOutputs});
  add_bias(s.bins.data(), at(weights, l.bin_out_bias), B, kBinOutputs);
  if (BK > 0) {
    products.multiply(s.h2.data(), at(weights, l.to_pair), s.job_part.data(), {B, H, D});
    products.multiply(s.pairs.data(), at(weights, l.pair1), s.u.data(), {BK, kPairFeatures, D});
    add_and_rectify(s.u.data(), at(weights, l.pair1_bias), s.job_part.data(), BK, D, kPointed);
    products.multiply(s.u.data(), at(weights, l.pair2), s.z.data(), {BK, D, D});
    add_and_rectify(s.z.data(), at(weights, l.pair2_bias), nullptr, BK, D, 1);
    products.multiply(s.z.data(), at(weights, l.pair_out), s.outputs.data(), {BK, D, kPairOutputs});
    add_bias(s.outputs.data(), at(weights, l.pair_out_bias), BK, kPairOutputs);
  }
  for (std::size_t b = 0; b < B; ++b)
    for (std::size_t r = 0; r < kResources; ++r) {
      if (!s.wanted[r]) continue;
      make_mixture(*inputs[b], r, s.outputs.data() + b * kPointed * kPairOutputs,
                   s.bins.data() + b * kBinOutputs, at(weights, l.kernel_weight),
                   s.mixtures[b * kResources + r]);
    }
}

double backward(std::span<const float> weights, std::span<const ModelInput* const> inputs,
                std::span<const Target* const> targets, const std::array<float, kResources>& resource_weights,
                Products& products, NetworkState& s, std::span<float> gradient) {
  const NetworkLayout& l = s.layout;
  const std::size_t B = inputs.size(), BK = pair_rows(inputs), H = s.sizes.hidden, D = s.sizes.pair_hidden;
  std::ranges::fill(gradient, 0.0F);
  const double loss = losses(inputs, targets, resource_weights, s, at(gradient, l.kernel_weight));

  const auto back = [&](const WeightBlock& block, const WeightBlock* bias, const std::vector<float>& in,
                        const std::vector<float>& dout, float* din, std::size_t rows) {
    layer_back(weights, gradient, block, bias, in, dout, din, rows, products);
  };
  back(l.bin_out, &l.bin_out_bias, s.h2, s.dbins, s.dh2.data(), B);
  if (BK > 0) {
    back(l.pair_out, &l.pair_out_bias, s.z, s.doutputs, s.dz.data(), BK);
    rectify_back(s.z.data(), s.dz.data(), BK * D);
    back(l.pair2, &l.pair2_bias, s.u, s.dz, s.du.data(), BK);
    rectify_back(s.u.data(), s.du.data(), BK * D);
    back(l.pair1, &l.pair1_bias, s.pairs, s.du, nullptr, BK);
    sum_rows(s.du, s.djob_part, BK, D, kPointed);
    // dh2 has the bins' part already: dh1 is free to hold the other.
    back(l.to_pair, nullptr, s.h2, s.djob_part, s.dh1.data(), B);
    for (std::size_t i = 0; i < B * H; ++i) s.dh2[i] += s.dh1[i];
  }
  rectify_back(s.h2.data(), s.dh2.data(), B * H);
  back(l.job2, &l.job2_bias, s.h1, s.dh2, s.dh1.data(), B);
  rectify_back(s.h1.data(), s.dh1.data(), B * H);
  back(l.job1, &l.job1_bias, s.x, s.dh1, s.dx.data(), B);
  embedding_back(inputs, s, gradient);
  return loss;
}

}  // namespace foreshape
