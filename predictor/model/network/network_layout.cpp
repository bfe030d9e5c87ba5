// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/model/network/network_layout.h"

#include "predictor/model/network/uniform_weights.h"

namespace foreshape {
NetworkLayout::NetworkLayout(const NetworkSizes& sizes) {
  const std::size_t H = sizes.hidden, D = sizes.pair_hidden, E = sizes.embedding;
  std::size_t at = 0;
  const auto place = [&](const char* name, std::size_t rows, std::size_t columns) {
    const WeightBlock block{name, at, rows, columns};
    at += block.size();
    return block;
  };
  inputs = kJobFeatures + kIdentities * E;
  embedding = place("embedding", kIdentities * sizes.identity_buckets, E);
  job1 = place("job1", inputs, H);
  job1_bias = place("job1_bias", 1, H);
  job2 = place("job2", H, H);
  job2_bias = place("job2_bias", 1, H);
  to_pair = place("to_pair", H, D);
  pair1 = place("pair1", kPairFeatures, D);
  pair1_bias = place("pair1_bias", 1, D);
  pair2 = place("pair2", D, D);
  pair2_bias = place("pair2_bias", 1, D);
  pair_out = place("pair_out", D, kPairOutputs);
  pair_out_bias = place("pair_out_bias", 1, kPairOutputs);
  bin_out = place("bin_out", H, kBinOutputs);
  bin_out_bias = place("bin_out_bias", 1, kBinOutputs);
  kernel_weight = place("kernel_weight", 1, kResources);
  total = at;
}

std::array<const WeightBlock*, 15> NetworkLayout::blocks() const {
  return {&embedding, &job1,          &job1_bias,  &job2,         &job2_bias,
          &to_pair,   &pair1,         &pair1_bias, &pair2,        &pair2_bias,
          &pair_out,  &pair_out_bias, &bin_out,    &bin_out_bias, &kernel_weight};
}

void initialise_weights(const NetworkLayout& layout, std::uint64_t seed, std::span<float> weights) {
  UniformWeights random{seed};
  for (const WeightBlock* block : layout.blocks()) {
    const bool is_output = block == &layout.pair_out || block == &layout.bin_out;
    const bool is_bias = block->rows == 1;
    if (block == &layout.embedding)
      random.fill(*block, 0.1F, weights);
    else
      random.fill_he(*block, is_bias ? 0.0F : (is_output ? 0.1F : 1.0F), weights);
  }
  for (float& w : weights.subspan(layout.kernel_weight.offset, kResources)) w = 1;
}

}  // namespace foreshape
