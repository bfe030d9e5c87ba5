#pragma once
// From a prediction to what Slurm and the user are told about the job.
//
// Runs in: slurmctld and offline. No allocation.
// Threads: pure function.

#include <cstdint>

#include "predictor/base/job.h"
#include "predictor/base/prediction.h"
#include "predictor/plan/plan.h"
#include "predictor/plan/policy.h"

namespace foreshape {

/// The plan for one job: planned run time and memory are the prediction at the policy's margins, never more
/// than was asked; absent where nothing is known or the lever is off. Memory in whole MiB, as Slurm counts.
///
/// With order.on there is always an order offset: from the predicted mean (at most the request), else from
/// the request, else the largest; a job without one would be last for ever.
///
/// may_use_pool: the pool is on, the job's predicted mean run time is below hold.short_job_s, and it asked
/// for nothing that the pool can't give (dependency, licences, burst buffer, several array tasks at once).
/// What JobRequest does not tell (a reservation, node lists, exclusive use) is for the caller to check.
///
/// cluster_cpus: the machine's size; 0 = not known, then no width discount.
Plan plan_job(const JobRequest& job, const Prediction& prediction, const Policy& policy,
              std::uint32_t cluster_cpus);

}  // namespace foreshape
