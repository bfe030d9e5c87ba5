// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A job of a user that waits or runs: what the model may know of it when the user's next one comes.
//
// Runs in: slurmctld and offline.
// Threads: plain values.

#include <cstddef>
#include <cstdint>

#include "predictor/base/hash.h"

namespace foreshape {

/// 0 = not said. start_s 0 = it waits.
struct LiveJob {
  std::uint32_t submit_s = 0;
  std::uint32_t start_s = 0;
  std::uint32_t limit_s = 0;
  std::uint32_t cpus = 0;
  TextHash name = 0;
};

/// Of one user, the newest so many are looked at.
inline constexpr std::size_t kMaxLiveJobs = 64;

}  // namespace foreshape
