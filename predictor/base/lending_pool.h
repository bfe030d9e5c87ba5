// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A few objects made beforehand, each lent to one thread at a time. Nobody waits.
//
// Runs in: slurmctld and offline. Memory is taken when the pool is made.
// Threads: any. The pool outlives its loans.

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace foreshape {

template <class T, std::size_t N>
class LendingPool {
  struct Slot {
    template <class... Args>
    explicit Slot(const Args&... args) : object(args...) {}
    std::atomic_flag taken;
    T object;
  };

 public:
  /// Makes each object of the same arguments.
  template <class... Args>
  explicit LendingPool(const Args&... args) {
    for (auto& slot : slots_) slot = std::make_unique<Slot>(args...);
  }

  /// Gives the object back when it goes out of scope.
  class Loan {
   public:
    Loan() = default;
    explicit Loan(Slot* slot) : slot_(slot) {}
    ~Loan() {
      if (slot_ != nullptr) slot_->taken.clear(std::memory_order_release);
    }
    Loan(Loan&& other) noexcept : slot_(std::exchange(other.slot_, nullptr)) {}
    Loan& operator=(Loan&& other) noexcept {
      std::swap(slot_, other.slot_);
      return *this;
    }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;

    explicit operator bool() const { return slot_ != nullptr; }
    T& operator*() const { return slot_->object; }
    T* operator->() const { return &slot_->object; }

   private:
    Slot* slot_ = nullptr;
  };

  /// The first free one, since its memory is likely in the cache; an empty loan if all are taken.
  Loan borrow() const {
    for (const auto& slot : slots_)
      if (!slot->taken.test_and_set(std::memory_order_acquire)) return Loan(slot.get());
    return {};
  }

 private:
  std::array<std::unique_ptr<Slot>, N> slots_;
};

}  // namespace foreshape
