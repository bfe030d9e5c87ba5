// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// SchedulerParameters of slurm.conf(5), as the Slurm-like loop knows them.
//
// Runs in: offline.
// Threads: pure functions.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/base/result.h"
#include "replay/policy.h"

namespace foreshape {

struct SlurmParameters {
  SlurmLoop loop;
  std::optional<std::int64_t> min_prio_reserve;  ///< bf_min_prio_reserve, points; nullopt = not named
  std::vector<std::string> ignored;              ///< words that have no part in the simulation
};

/// The loop with the site's own settings: "bf_interval=60,bf_window=10080,bf_max_job_test=1000,...".
///
/// bf_interval, bf_window (minutes), bf_resolution, bf_max_job_test, bf_min_age_reserve, bf_window_linear,
/// default_queue_depth; bf_min_prio_reserve, whose points mean something only beside the site's age factor
/// (follow_priorities). Names in any case; everything else is named in `ignored`.
///
/// base: what holds where the text is silent.
/// Errors: invalid_input - a value that is no number of the range that Slurm takes.
Result<SlurmParameters> parse_scheduler_parameters(std::string_view text, const SlurmLoop& base);

/// How waiting raises a priority: PriorityWeightAge and PriorityMaxAge of slurm.conf(5).
struct AgeFactor {
  double points_per_minute = 1.0;                 ///< PriorityWeightAge / PriorityMaxAge in minutes
  std::int64_t max_age_s = SlurmLoop::kNoMaxAge;  ///< waiting beyond adds nothing
};

/// Makes a policy that imitates Slurm take priorities as the site has them.
///
/// Without a key a job may reserve once its age alone is worth bf_min_prio_reserve. With one that happens
/// when it has waited its offset, since the plugin takes the points of such a job from bf_min_prio_reserve;
/// but an offset of more points than these is cut, as the plugin cuts it (predictor/plan/order_key.h).
///
/// min_prio_reserve: points; 0 = every job reserves; nullopt = as the policy has it
void follow_priorities(SchedulingPolicy& policy, std::optional<std::int64_t> min_prio_reserve,
                       const AgeFactor& age);

}  // namespace foreshape
