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
  static constexpr std::size_t kMost = kProfileJobs + ShareHistogram::kBins;

  /// value, weight: finite, > 0. At most kMost of them; what comes after is left out.
  void add(float value, float weight) {
    if (size_ == kMost) return;
    ones_[size_++] = {value, weight};
    total_ += weight;
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

  /// The x that maximises sum w min(x, c) / max(x, c) = sum w exp(-|log x - log c|) over the values c; 0 if
  /// there are none. Between two values that sum is convex in log x, so that the best x is one of them: O(n).
  float most_typical() const;

  /// That sum at each x > 0, as a share of all weight; 0 if there are no values. O(n + m log n).
  ///
  /// out  (m), as many as x
  void likeness_at(std::span<const float> x, std::span<float> out) const;

  /// Fills the quantiles at kQuantileLevels: the least value up to which so much of the weight lies.
  void quantiles(std::array<float, kQuantileLevels.size()>& out) const;

  /// The weighted mean.
  float mean() const;

 private:
  std::span<One> all() { return std::span{ones_}.first(size_); }

  std::array<One, kMost> ones_;  // NOLINT(cppcoreguidelines-pro-type-member-init): the first size_ are set
  std::size_t size_ = 0;
  float total_ = 0;  // of the weights
};

}  // namespace foreshape
