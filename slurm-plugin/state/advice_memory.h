// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Who was told what today: nobody reads the same advice twice a day.
//
// Runs in: slurmctld.
// Threads: any. A short lock; allocates, but only for a job that has something to be told.

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_set>

#include "predictor/base/clock.h"
#include "predictor/base/job.h"

namespace foreshape {

class AdviceMemory {
 public:
  /// True, and remembered, if this user was not yet told about jobs of this name on this day (UTC).
  /// After kMaxADay tellings nobody is told anything more that day.
  bool may_tell(UserId uid, TextHash name, UnixSeconds now_s);

  /// True if may_tell() would say no: costs less, so ask before working out what to say.
  bool was_told(UserId uid, TextHash name, UnixSeconds now_s) const;

 private:
  static constexpr std::size_t kMaxADay = 100'000;  // 4 MB at most

  mutable std::mutex mutex_;  // guards everything below
  std::int64_t day_ = 0;
  std::unordered_set<std::uint64_t> told_;  // uid and name
};

}  // namespace foreshape
