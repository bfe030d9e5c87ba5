// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A queue of fixed size between RPC threads and one of ours: when it is full, the newest is lost and counted.
//
// Runs in: slurmctld.
// Threads: push() and take() from any thread. The lock is held for copying one value in, or a batch out.
// A reader asks now and then and is never woken: waking costs the writer more than its whole prediction.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

namespace foreshape {

template <class T>
class BoundedQueue {
 public:
  /// All memory is taken here: push() never allocates.
  explicit BoundedQueue(std::size_t capacity) : slots_(capacity) {}

  /// False, and the value counted as lost, if there is no room.
  bool push(const T& value) {
    const std::lock_guard lock(mutex_);
    if (size_ == slots_.size()) {
      ++lost_;
      return false;
    }
    slots_[(first_ + size_) % slots_.size()] = value;
    ++size_;
    return true;
  }

  /// Moves the oldest values into out and returns how many.
  std::size_t take(std::span<T> out) {
    const std::lock_guard lock(mutex_);
    const std::size_t taken = std::min(out.size(), size_);
    for (std::size_t i = 0; i < taken; ++i) out[i] = slots_[(first_ + i) % slots_.size()];
    first_ = (first_ + taken) % slots_.size();
    size_ -= taken;
    return taken;
  }

  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return size_;
  }
  std::size_t capacity() const { return slots_.size(); }

  /// Values lost since the start.
  std::uint64_t lost() const {
    const std::lock_guard lock(mutex_);
    return lost_;
  }

 private:
  mutable std::mutex mutex_;  // guards everything below
  std::vector<T> slots_;      // a ring; its size never changes
  std::size_t first_ = 0, size_ = 0;
  std::uint64_t lost_ = 0;
};

}  // namespace foreshape
