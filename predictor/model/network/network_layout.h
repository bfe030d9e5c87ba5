// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The network's sizes, and where each weight stands in the one flat array of floats.
//
// Runs in: slurmctld and offline.
// Threads: plain values.

#include <cstddef>
#include <cstdint>
#include <span>

#include "predictor/base/prediction.h"
#include "predictor/model/features/feature_names.h"
#include "predictor/model/network/mixture.h"

namespace foreshape {

/// Letters in formulas: J job features, P pair features, I identities, E embedding, H hidden, D hidden of a
/// pair, R resources, K candidates, N bins, B batch.
struct NetworkSizes {
  std::uint32_t hidden = 64;           ///< H; a multiple of 16 is fastest, as is D
  std::uint32_t pair_hidden = 32;      ///< D
  std::uint32_t embedding = 1;         ///< E
  std::uint32_t identity_buckets = 2;  ///< of each identity: hash modulo this; 2 = only whether it was said
  friend bool operator==(const NetworkSizes&, const NetworkSizes&) = default;
};

/// A matrix of weights, row-major.
struct WeightBlock {
  const char* name;
  std::size_t offset, rows, columns;
  std::size_t size() const { return rows * columns; }
};

/// Three numbers for each pair and resource (score, shift, width), two for each bin and resource (score,
/// width), rounded up to whole vectors; the rest stays unused.
inline constexpr std::size_t kPairOutputs = (3 * kResources + 15) / 16 * 16;
inline constexpr std::size_t kBinOutputs = (2 * kResources * kBins + 15) / 16 * 16;

struct NetworkLayout {
  explicit NetworkLayout(const NetworkSizes& sizes);

  std::size_t inputs;                   ///< J + I E: columns of what the first layer reads
  WeightBlock embedding;                ///< (I x buckets, E)
  WeightBlock job1, job1_bias;          ///< (J + I E, H), (1, H)
  WeightBlock job2, job2_bias;          ///< (H, H)
  WeightBlock to_pair;                  ///< (H, D): the job's part of the first pair layer
  WeightBlock pair1, pair1_bias;        ///< (P, D)
  WeightBlock pair2, pair2_bias;        ///< (D, D)
  WeightBlock pair_out, pair_out_bias;  ///< (D, kPairOutputs)
  WeightBlock bin_out, bin_out_bias;    ///< (H, kBinOutputs)
  WeightBlock kernel_weight;            ///< (1, R): how far the kernel's log-weight is believed
  std::size_t total;                    ///< floats

  /// All blocks, in the order of their offsets.
  std::array<const WeightBlock*, 15> blocks() const;
};

/// Fills the weights of a new network: uniform by the square root of the fan-in (He et al., "Delving deep
/// into rectifiers", 2015), outputs small, so that it begins as the kernel does. The same seed gives the same
/// bits on every machine.
void initialise_weights(const NetworkLayout& layout, std::uint64_t seed, std::span<float> weights);

}  // namespace foreshape
