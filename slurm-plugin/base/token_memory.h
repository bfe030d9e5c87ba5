// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What is remembered of the newest submissions by token, until their outcomes come.
//
// Runs in: slurmctld.
// Threads: any. The lock is held for copying one value.

#include <cstddef>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "predictor/journal/event.h"

namespace foreshape {

template <class T>
class TokenMemory {
 public:
  /// All memory is taken here.
  explicit TokenMemory(std::size_t capacity = kCapacity) : slots_(capacity) {}

  /// Tokens count upwards, so each finds the oldest one's place: bounded, and nothing to search. A newer
  /// one's place is left to it.
  void remember(SubmissionToken token, const T& value) {
    const std::lock_guard lock(mutex_);
    auto& slot = slots_[token % slots_.size()];
    if (slot.first <= token) slot = {token, value};
  }

  /// nullopt if newer submissions have taken its place, or it was made before a restart.
  std::optional<T> find(SubmissionToken token) const {
    const std::lock_guard lock(mutex_);
    const auto& [kept, value] = slots_[token % slots_.size()];
    if (token == 0 || kept != token) return std::nullopt;
    return value;
  }

  /// The same, and forgets it.
  std::optional<T> take(SubmissionToken token) {
    const std::lock_guard lock(mutex_);
    auto& [kept, value] = slots_[token % slots_.size()];
    if (token == 0 || kept != token) return std::nullopt;
    kept = 0;
    return value;
  }

 private:
  static constexpr std::size_t kCapacity = 1U << 15;

  mutable std::mutex mutex_;  // guards slots_
  std::vector<std::pair<SubmissionToken, T>> slots_;
};

}  // namespace foreshape
