#pragma once
// What the holds must not forget when slurmctld restarts: spending, misses, and what each hold has seen.
//
// Runs in: slurmctld (agent thread) and tests.
// Threads: plain values; pure functions.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/base/result.h"
#include "predictor/plan/idle_cost.h"
#include "predictor/plan/miss_book.h"
#include "predictor/plan/pre_allocation.h"

namespace foreshape {

/// A hold of ours beyond what Slurm keeps of it.
struct HoldRecord {
  LiveHold hold;
  UnixSeconds created_s = 0;
  UnixSeconds looked_s = 0;  ///< idle time is accounted up to then
  std::int64_t idle_node_s = 0;
  std::set<JobId> hits;  ///< jobs that started in it; the newest kMaxHits are kept
  /// Since when it has each node, where that is later than created_s. Not kept over a restart.
  std::map<std::string, UnixSeconds> node_since_s;
  static constexpr std::size_t kMaxHits = 1000;
};

struct HoldState {
  std::vector<HoldRecord> holds;
  IdleLedger ledger;
  MissBook misses;
  std::uint32_t next_number = 1;  ///< of the next reservation's name
};

/// As a small JSON object.
std::string format_hold_state(const HoldState& state);

/// Errors: corrupt - not what format_hold_state writes.
Result<HoldState> parse_hold_state(std::string_view text, UnixSeconds now_s);

}  // namespace foreshape
