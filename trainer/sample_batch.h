// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Batches out of the newest samples, as a network's forward and backward take them.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "trainer/sample_ring.h"

namespace foreshape {

template <class Input, class Target>
class SampleBatch {
 public:
  SampleBatch(std::size_t memory, std::uint64_t seed) : memory_(memory), ring_(memory, seed) {}

  void add(const Input& input, const Target& target) { ring_.add({input, target}); }
  bool empty() const { return ring_.empty(); }
  std::size_t size() const { return ring_.size(); }

  /// Of `rows` samples, those for which is_recent(row) are among the `recent` newest.
  template <class IsRecent>
  void draw(std::size_t rows, std::size_t recent, IsRecent&& is_recent) {
    inputs_.clear();
    targets_.clear();
    for (std::size_t row = 0; row < rows; ++row) {
      const Pair& sample = ring_.pick(is_recent(row) ? recent : memory_);
      inputs_.push_back(&sample.input);
      targets_.push_back(&sample.target);
    }
  }
  /// Of the last draw; valid until the next add.
  std::span<const Input* const> inputs() const { return inputs_; }
  std::span<const Target* const> targets() const { return targets_; }

 private:
  struct Pair {
    Input input;
    Target target;
  };
  std::size_t memory_;
  SampleRing<Pair> ring_;
  std::vector<const Input*> inputs_;
  std::vector<const Target*> targets_;
};

}  // namespace foreshape
