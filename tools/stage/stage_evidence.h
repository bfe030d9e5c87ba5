// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the site's account of staging teaches the plan: how fast copies come from each file system, and how much was
// planned within the last day.
//
// Runs in: offline.
// Threads: plain values and pure functions.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "predictor/base/clock.h"
#include "predictor/base/job.h"
#include "predictor/journal/event.h"

namespace foreshape {

struct StageEvidence {
  std::map<std::string, std::int64_t> copy_bytes_s;  ///< by file system: bytes a second, where it is known
  std::int64_t day_bytes = 0;                        ///< planned within 24 hours
  std::map<UserId, std::int64_t> user_day_bytes;     ///< of them, for whom
};

/// So many copies of a file system must be known before their rate is believed. Smaller ones say nothing of it: they
/// take as long as opening files does.
inline constexpr std::size_t kMinCopies = 3;
inline constexpr std::int64_t kMinCopyBytes = std::int64_t{4} << 20;

/// A file system's rate is the lower median over its users of each one's own rate, bytes / time of their newest 20
/// copies: copies are what users say of themselves, and no single user can move it past a neighbour's.
/// events: oldest first. Source: ours.
StageEvidence stage_evidence(const std::vector<StageEvent>& events, UnixSeconds now);

/// Seconds that copying so many bytes takes; fallback_bytes_s: the rate where the file system's is not known.
std::int64_t copy_seconds(const StageEvidence& evidence, const std::string& file_system, std::int64_t bytes,
                          std::int64_t fallback_bytes_s);

}  // namespace foreshape
