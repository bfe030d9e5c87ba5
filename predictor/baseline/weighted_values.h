// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A weighted sample of positive values: its quantiles, and the value that is most like all of it.
//
// Runs in: slurmctld and offline. No allocation; 3 KB, meant for the stack.
// Threads: one object, one thread.

#include <array>
#include <cstddef>
#include <span>

#include "predictor/base/prediction.h"
#include "predictor/profile/profile_table.h"
#include "predictor/profile/used_shares.h"

namespace foreshape {

class WeightedValues {
 public:
  struct One {
    float value;
    float weight;
  };
  static constexpr std::size_t kMax = kProfileJobs + ShareHistogram::kBins;

  /// value, weight: finite, > 0. At most kMax of them; what comes after is left out.
  void add(float value, float weight) {
    add_each(1, [&](std::size_t) { return One{value, weight}; });
  }
  /// Adds what one_of(i) says for each i < count; weight 0 = nothing is said, without a branch to be guessed.
  template <class OneOf>
  void add_each(std::size_t count, OneOf one_of) {
    std::size_t size = size_;  // both in registers: an addition in memory takes twice as long
    float total = total_;
    for (std::size_t i = 0; i < count && size < kMax; ++i) {
      const One one = one_of(i);
      ones_[size] = one;
      size += one.weight > 0 ? 1 : 0;
      total += one.weight;
    }
    size_ = size;
    total_ = total;
  }
  void clear() {
    size_ = 0;
    total_ = 0;
  }
  /// Gives each value that is there so much more weight.
  void add_to_each(float weight);

  std::size_t size() const { return size_; }
  std::span<const One> ones() const { return std::span{ones_}.first(size_); }

  /// By value, ascending. The functions below want it so.
  void sort();

  struct Summary {
    float typical = 0;
    std::array<float, kQuantileLevels.size()> quantiles{};
  };
  /// The value that is most typical, and the quantiles at kQuantileLevels; 0 if there are no values. O(n),
  /// one sweep: each chain of additions takes as long as all of them side by side.
  ///
  /// typical    the x that maximises sum w min(x, c) / max(x, c) = sum w exp(-|log x - log c|) over
  ///            the values c. Between two values that sum is convex in log x: the best x is one of them
  /// quantiles  the least value up to which so much of the weight lies
  Summary summary() const;

  /// The sum that the typical value maximises, at each x > 0, as a share of all weight; 0 if there are no
  /// values. O(n + m log n).
  ///
  /// out  (m), as many as x
  void likeness_at(std::span<const float> x, std::span<float> out) const;

  /// The weighted mean.
  float mean() const;

 private:
  std::span<One> all() { return std::span{ones_}.first(size_); }

  std::array<One, kMax> ones_;  // NOLINT(cppcoreguidelines-pro-type-member-init): the first size_ are set
  std::size_t size_ = 0;
  float total_ = 0;  // of the weights
};

}  // namespace foreshape
