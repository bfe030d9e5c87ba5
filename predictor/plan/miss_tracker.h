// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which users' forecasts did not come true of late: they lose personal holds for a while.
//
// Runs in: slurmctld (agent thread) and offline.
// Threads: one at a time.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/base/clock.h"

namespace foreshape {

struct MissRecord {
  std::string user;
  std::uint32_t misses = 0;  ///< in a row
  UnixSeconds barred_until_s = 0;
};

class MissTracker {
 public:
  /// Nobody is barred for longer than this.
  static constexpr std::int64_t kMaxBarSeconds = 86'400;
  /// After the bar each of these without another miss takes one miss off.
  static constexpr std::int64_t kForgivenEverySeconds = 86'400;

  MissTracker() = default;
  /// As it was before a restart. A bar that reaches further than kMaxBarSeconds from now is cut to that, and
  /// who is forgiven all is left out.
  MissTracker(std::span<const MissRecord> records, UnixSeconds now_s);

  /// A hold was used: the user's misses are forgotten.
  void note_hit(std::string_view user);
  /// A hold was given back unused. The first miss bars the user for as long as the hold lasted, each
  /// further one in a row for twice as long: a user who is foreseen wrongly half of the time loses a
  /// third of the time, one who has gone home costs a few holds a day.
  void note_miss(std::string_view user, UnixSeconds now_s, std::int64_t held_s);

  /// A bar that reaches further than kMaxBarSeconds was set by a clock that was ahead, and does not count.
  bool is_barred(std::string_view user, UnixSeconds now_s) const;
  const std::vector<MissRecord>& records() const { return records_; }

 private:
  MissRecord* find(std::string_view user);
  void forgive(UnixSeconds now_s);
  std::vector<MissRecord> records_;
};

}  // namespace foreshape
