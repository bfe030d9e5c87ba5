// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The newest samples to learn from, and a repeatable random choice among them.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "predictor/base/splitmix.h"

namespace foreshape {

template <class Sample>
class SampleRing {
 public:
  /// Keeps at most `capacity` samples, the newest.
  SampleRing(std::size_t capacity, std::uint64_t seed) : capacity_(capacity), random_state_(seed) {}

  void add(Sample sample) {
    if (samples_.size() < capacity_) {
      samples_.push_back(std::move(sample));
      return;
    }
    samples_[next_] = std::move(sample);
    next_ = (next_ + 1) % samples_.size();
  }

  bool empty() const { return samples_.empty(); }
  std::size_t size() const { return samples_.size(); }

  /// One of the `newest` newest; there must be one.
  const Sample& pick(std::size_t newest) {
    const std::size_t n = samples_.size();
    const std::size_t back = splitmix_next(random_state_) % std::min(n, newest);  // 0 = the newest
    return samples_[(next_ + n - 1 - back) % n];
  }

 private:
  std::size_t capacity_;
  std::uint64_t random_state_;
  std::vector<Sample> samples_;
  std::size_t next_ = 0;  // where the next one goes, once it is full
};

}  // namespace foreshape
