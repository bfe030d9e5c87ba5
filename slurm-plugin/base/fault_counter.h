// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Faults of ours: how many, whether they come too fast, and which of them the log still has to hear of.
//
// Runs in: slurmctld.
// Threads: any. A short lock, taken only when something has gone wrong.

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>

#include "predictor/base/clock.h"

namespace foreshape {

class FaultCounter {
 public:
  struct Answer {
    bool too_many = false;  ///< more than the limit within the window, told once until reset()
    /// Present if this fault should be logged: how many like it were not, since the last that was.
    std::optional<std::uint64_t> log_with_repeats;
  };

  /// A fault happened. Faults are alike if their first 64 bytes are; each kind is logged once a minute.
  Answer add(std::string_view what, UnixSeconds now_s, std::uint32_t limit, std::int64_t window_s);

  /// Starts a new window, e.g. after a reconfigure.
  void reset();

  std::uint64_t total() const;

 private:
  struct Kind {
    std::uint64_t hash = 0;
    UnixSeconds logged_s = 0;
    std::uint64_t repeats = 0;
  };
  static constexpr std::size_t kKinds = 32;  // more kinds than that take each other's place

  std::optional<std::uint64_t> admit(std::string_view what, UnixSeconds now_s);

  mutable std::mutex mutex_;  // guards everything below
  std::array<Kind, kKinds> kinds_{};
  std::uint64_t total_ = 0;
  UnixSeconds window_start_s_ = 0;
  std::uint64_t in_window_ = 0;
  bool told_ = false;
};

}  // namespace foreshape
