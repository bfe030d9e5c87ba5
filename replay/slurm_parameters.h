#pragma once
// SchedulerParameters of slurm.conf(5), as the Slurm-like loop knows them.
//
// Runs in: offline.
// Threads: pure functions.

#include <string>
#include <string_view>
#include <vector>

#include "predictor/base/result.h"
#include "replay/policy.h"

namespace foreshape {

struct SlurmParameters {
  SlurmLoop loop;
  std::vector<std::string> ignored;  ///< words that have no part in the simulation
};

/// The loop with the site's own settings: "bf_interval=60,bf_window=10080,bf_max_job_test=1000,...".
///
/// bf_interval, bf_window (minutes), bf_resolution, bf_max_job_test, bf_min_age_reserve, bf_window_linear,
/// default_queue_depth; bf_min_prio_reserve above 0 counts as the points of a job that waited its offset,
/// whatever its value. Names in any case; everything else is named in `ignored`.
///
/// base: what holds where the text is silent.
/// Errors: invalid_input - a value that is no number of the range that Slurm takes.
Result<SlurmParameters> parse_scheduler_parameters(std::string_view text, const SlurmLoop& base);

}  // namespace foreshape
