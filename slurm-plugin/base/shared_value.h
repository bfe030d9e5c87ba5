// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A value that many threads read and one now and then replaces, whole.
//
// Runs in: slurmctld.
// Threads: any. The lock is held for copying one pointer. Not std::atomic<shared_ptr>: libstdc++ 12 hides a
// spin lock in it that ThreadSanitizer can't see through, and it is no faster.

#include <memory>
#include <mutex>
#include <utility>

namespace foreshape {

template <class T>
class SharedValue {
 public:
  explicit SharedValue(T value) : value_(std::make_shared<const T>(std::move(value))) {}

  /// The value in force; stays as it is while the caller keeps it.
  std::shared_ptr<const T> get() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }

  void set(T value) {
    std::shared_ptr<const T> next = std::make_shared<const T>(std::move(value));
    const std::lock_guard lock(mutex_);
    value_.swap(next);
  }

 private:
  mutable std::mutex mutex_;  // guards value_, the pointer
  std::shared_ptr<const T> value_;
};

}  // namespace foreshape
