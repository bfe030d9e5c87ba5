// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What layers of both networks have in common: bias, rectifier, and the way back.
//
// Runs in: slurmctld and offline. No allocation.
// Threads: pure functions.

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "predictor/model/network/network_layout.h"
#include "predictor/model/network/products.h"

namespace foreshape {

inline const float* at(std::span<const float> weights, const WeightBlock& block) {
  return weights.data() + block.offset;
}
inline float* at(std::span<float> weights, const WeightBlock& block) { return weights.data() + block.offset; }

/// out (rows, n) = relu(out + bias [+ addend of the row's job]).
inline void add_and_rectify(float* out, const float* bias, const float* addend, std::size_t rows,
                            std::size_t n, std::size_t rows_of_job) {
  for (std::size_t i = 0; i < rows; ++i) {
    float* row = out + i * n;
    const float* more = addend != nullptr ? addend + i / rows_of_job * n : nullptr;
    if (more != nullptr)
      for (std::size_t j = 0; j < n; ++j) row[j] = std::max(row[j] + bias[j] + more[j], 0.0F);
    else
      for (std::size_t j = 0; j < n; ++j) row[j] = std::max(row[j] + bias[j], 0.0F);
  }
}

inline void add_bias(float* out, const float* bias, std::size_t rows, std::size_t n) {
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < n; ++j) out[i * n + j] += bias[j];
}

/// d = 0 where the rectifier's output was 0.
inline void rectify_back(const float* out, float* d, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) d[i] = out[i] > 0 ? d[i] : 0.0F;
}

/// sums (rows / rows_of_job, n): of the rows of each job.
inline void sum_rows(const std::vector<float>& d, std::vector<float>& sums, std::size_t rows, std::size_t n,
                     std::size_t rows_of_job) {
  std::ranges::fill(sums, 0.0F);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < n; ++j) sums[i / rows_of_job * n + j] += d[i * n + j];
}

/// One layer back: adds to the gradients of its weights and bias (may be null), and sets that of its input
/// (may be null).
inline void layer_back(std::span<const float> weights, std::span<float> gradient, const WeightBlock& block,
                       const WeightBlock* bias, const std::vector<float>& in, const std::vector<float>& dout,
                       float* din, std::size_t rows, Products& products) {
  const ProductShape shape{rows, block.rows, block.columns};
  products.add_weight_gradient(in.data(), dout.data(), at(gradient, block), shape);
  if (bias != nullptr) {
    float* dbias = at(gradient, *bias);
    for (std::size_t i = 0; i < rows; ++i)
      for (std::size_t j = 0; j < block.columns; ++j) dbias[j] += dout[i * block.columns + j];
  }
  if (din != nullptr) products.multiply_back(dout.data(), at(weights, block), din, shape);
}

}  // namespace foreshape
