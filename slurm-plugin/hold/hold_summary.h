// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What is held now, for the operator.
//
// Runs in: slurmctld (agent thread).
// Threads: plain values.

#include <cstdint>
#include <span>
#include <string>

#include "predictor/plan/policy.h"
#include "predictor/plan/pre_allocation.h"
#include "predictor/plan/resource_pool.h"
#include "slurm-plugin/hold/submission_forecasts.h"

namespace foreshape {

struct HoldSummary {
  HoldMode mode = HoldMode::off;
  std::uint32_t pool_nodes = 0, pool_free_nodes = 0;
  std::uint32_t personal_holds = 0, personal_nodes = 0;
  std::uint32_t chain_holds = 0;  ///< of the personal ones
  std::uint32_t foreseen_users = 0;
  ForecastFigures forecast;
  std::uint64_t hits = 0, misses = 0, refused = 0;  ///< since the start
  std::int64_t idle_node_s = 0;                     ///< in the last 24 hours
  std::string last_refusal;
};

/// Sets the counts of holds and nodes.
void count_holds(std::span<const LiveHold> live, const ResourcePool& pool, HoldSummary& summary);

}  // namespace foreshape
