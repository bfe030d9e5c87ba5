// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the holds must not forget when slurmctld restarts: spending, misses, what each hold has seen,
// and which jobs were let in.
//
// Runs in: slurmctld (agent thread) and tests.
// Threads: plain values; pure functions.

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/base/result.h"
#include "predictor/plan/idle_cost.h"
#include "predictor/plan/miss_tracker.h"
#include "predictor/plan/pre_allocation.h"
#include "slurm-plugin/hold/admitted_job.h"

namespace foreshape {

/// A hold of ours beyond what Slurm keeps of it.
struct HoldRecord {
  LiveHold hold;
  UnixSeconds created_s = 0;
  UnixSeconds looked_s = 0;  ///< idle time is accounted up to then
  std::int64_t idle_node_s = 0;
  std::set<JobId> hits;  ///< jobs that started in it; beyond kMaxHits only those that Slurm still lists
  static constexpr std::size_t kMaxHits = 1000;
};

struct HoldState {
  std::vector<HoldRecord> holds;
  IdleLedger ledger;
  MissTracker misses;
  MissTracker overruns;           ///< by uid as text: whose jobs stayed in holds for too long
  AdmittedJobs admitted;          ///< as the assigner has them
  std::uint32_t next_number = 1;  ///< of the next reservation's name
};

/// As a JSON object. Of the jobs let in only what is of their own size: nodes are those of the holds, once.
std::string format_hold_state(const HoldState& state);

/// Of such a job no time lies further ahead of now_s than it can be meant: the clock may have been set.
/// Errors: corrupt - not what format_hold_state writes.
Result<HoldState> parse_hold_state(std::string_view text, UnixSeconds now_s);

}  // namespace foreshape
