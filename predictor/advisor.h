#pragma once
// The facade: a request in, a prediction and a plan out; outcomes in, better predictions out.
//
// Runs in: slurmctld and offline.
// Threads: advise() from any thread, concurrently; see ProfileStore for the lock it takes (microseconds).

#include <cstdint>

#include "predictor/base/job.h"
#include "predictor/base/prediction.h"
#include "predictor/plan/plan.h"
#include "predictor/plan/policy.h"
#include "predictor/profile/profile_store.h"

namespace foreshape {

struct Advice {
  Prediction prediction;
  Plan plan;
};

/// Predicts from the user's past jobs (then the account's, then the cluster's) and plans under the policy.
/// Bounded work, no allocation, no I/O: meant for an RPC thread. Takes 25 KB of its stack.
///
/// cluster_cpus: the machine's size; 0 = not known (then no width discount).
Advice advise(const JobRequest& job, const ProfileStore& profiles, const Policy& policy,
              std::uint32_t cluster_cpus);

}  // namespace foreshape
