// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The time, as an argument: the one seam between decisions and the wall clock.
//
// Runs in: slurmctld and offline.
// Threads: now_* may be called from any thread.

#include <chrono>
#include <cstdint>

namespace foreshape {

/// Seconds since 1970-01-01 UTC, as Slurm counts them.
using UnixSeconds = std::int64_t;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual UnixSeconds now_s() const = 0;
  /// Never goes back; for deadlines and durations.
  virtual std::int64_t monotonic_ns() const = 0;
};

class SystemClock final : public Clock {
 public:
  UnixSeconds now_s() const override {
    using namespace std::chrono;
    return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
  }
  std::int64_t monotonic_ns() const override {
    using namespace std::chrono;
    return duration_cast<nanoseconds>(steady_clock::now().time_since_epoch()).count();
  }
};

/// A clock that stands where it is put; for tests and the replay.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(UnixSeconds now = 0) : now_(now) {}
  UnixSeconds now_s() const override { return now_; }
  std::int64_t monotonic_ns() const override { return now_ * 1'000'000'000; }
  void set(UnixSeconds now) { now_ = now; }
  void advance(std::int64_t seconds) { now_ += seconds; }

 private:
  UnixSeconds now_;
};

}  // namespace foreshape
