// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// <StateDir>/memory-safety.json: what the memory's safety must not forget when slurmctld restarts.
//
// Runs in: slurmctld (agent thread) and tests.
// Threads: pure functions.

#include <string>
#include <string_view>

#include "predictor/base/result.h"
#include "predictor/plan/memory_safety.h"

namespace foreshape {

struct KeptSafety {
  MemorySafety safety;
  UnixSeconds counted_until_s = 0;  ///< jobs that ended until then are counted
};

/// As a JSON object: {"version": 1, "counted_until": s, "everybody": ENDS, "users": {"<uid>": ENDS}}, with ENDS
/// [ended, killed, falls, off_until, back, headroom]; without the last one, as it was written once, the user's first.
std::string format_memory_safety(const KeptSafety& kept);

/// Errors: corrupt - not what format_memory_safety writes.
Result<KeptSafety> parse_memory_safety(std::string_view text, UnixSeconds now_s);

}  // namespace foreshape
