// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// From a prediction to what Slurm and the user are told about the job.
//
// Runs in: slurmctld and offline. No allocation.
// Threads: pure function.

#include <cstdint>
#include <optional>

#include "predictor/base/job.h"
#include "predictor/base/prediction.h"
#include "predictor/plan/plan.h"
#include "predictor/plan/policy.h"
#include "predictor/plan/user_factors.h"

namespace foreshape {

/// The plan for one job: planned run time and memory are the prediction at the policy's margins, never more
/// than was requested; absent where nothing is known or the lever is off. Memory in whole MiB, as Slurm counts.
///
/// From the memory's mode dry-run on, shaped_memory_mib is what the request may be replaced with
/// (memory_shape.h); whether this job may be touched is for the caller to check.
///
/// With order.mode dry_run or on there is always an order offset: from the predicted mean (at most the request), else from
/// the request, else the largest; a job without one would be last for ever.
///
/// may_use_pool: is_pool_job() (hold_entry.h).
/// What JobRequest does not tell (a reservation, node lists, exclusive use) is for the caller to check.
///
/// cluster_cpus: the machine's size; 0 = not known, then no width discount.
/// modes: of the places where the job may come to run; none = those of the request's own.
Plan plan_job(const JobRequest& job, const Prediction& prediction, const Policy& policy,
              std::uint32_t cluster_cpus, const LeverModes* modes = nullptr, const UserFactors& user = {});

}  // namespace foreshape
