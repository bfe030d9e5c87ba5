// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The facade: a request in, a prediction and a plan out; outcomes in, better predictions out.
//
// Runs in: slurmctld and offline.
// Threads: predict_and_plan() from any thread, concurrently; see ProfileStore for the lock it takes
// (microseconds).

#include <cstdint>
#include <optional>
#include <span>

#include "predictor/base/job.h"
#include "predictor/base/prediction.h"
#include "predictor/baseline/candidates.h"
#include "predictor/baseline/kernel.h"
#include "predictor/model/features/live_job.h"
#include "predictor/model/served_model.h"
#include "predictor/plan/plan.h"
#include "predictor/plan/policy.h"
#include "predictor/plan/user_factors.h"
#include "predictor/profile/profile_store.h"

namespace foreshape {

/// A trained model with what it wants to know beside the profiles, and what the plan is told of this job
/// beside its request. Valid during the call.
struct Serving {
  const ServedModel* model = nullptr;  ///< none: the kernel alone
  std::span<const LiveJob> live;       ///< the user's waiting and running jobs, newest submission first
  const LeverModes* modes = nullptr;   ///< where several places are listed; none: those of the request's own
  UserFactors user;                    ///< how the user's earlier jobs fared
};

/// What is predicted of a job, and what Slurm will be told.
struct PlannedJob {
  Prediction prediction;
  Plan plan;
  ModelOutcome model_outcome = ModelOutcome::none;
  BlendLesson lesson;  ///< where the model spoke
};

/// What a prediction and a plan are worked out in. Its contents mean nothing between two calls.
struct PlanWorkspace {
  Candidates candidates;
  KernelVotes votes;
};

/// Predicts from the user's past jobs (then the account's, then the cluster's), by the kernel and, where one
/// is served, the trained model; and plans under the policy. Bounded work, no allocation, no I/O: meant for
/// an RPC thread.
///
/// cluster_cpus  the machine's size; 0 = not known (then no width discount)
/// workspace     22 KB, for this call alone
PlannedJob predict_and_plan(const JobRequest& job, const ProfileStore& profiles, const Policy& policy,
                            std::uint32_t cluster_cpus, const Serving& serving, PlanWorkspace& workspace);

/// The same with the workspace on the stack.
PlannedJob predict_and_plan(const JobRequest& job, const ProfileStore& profiles, const Policy& policy,
                            std::uint32_t cluster_cpus, const Serving& serving = {});

/// The offset in the order of a job of which nothing is predicted, by what it requested; nullopt where the
/// order is off. cluster_cpus: as above.
std::optional<std::int64_t> requested_order_offset_s(const JobRequest& job, const Policy& policy,
                                                     std::uint32_t cluster_cpus);

}  // namespace foreshape
