#pragma once
// The facade: a request in, a prediction and a plan out; outcomes in, better predictions out.
//
// Runs in: slurmctld and offline.
// Threads: advise() from any thread, concurrently; see ProfileStore for the lock it takes (microseconds).

#include <cstdint>
#include <span>

#include "predictor/base/job.h"
#include "predictor/base/prediction.h"
#include "predictor/baseline/candidates.h"
#include "predictor/baseline/kernel.h"
#include "predictor/model/live_job.h"
#include "predictor/model/served_model.h"
#include "predictor/plan/plan.h"
#include "predictor/plan/policy.h"
#include "predictor/profile/profile_store.h"

namespace foreshape {

/// A trained model, and what it wants to know beside the profiles. Valid during the call.
struct Serving {
  const ServedModel* model = nullptr;  ///< none: the kernel alone
  std::span<const LiveJob> live;       ///< the user's waiting and running jobs, newest submission first
};

struct Advice {
  Prediction prediction;
  Plan plan;
  ModelWord model_word = ModelWord::none;
  GateLesson lesson;  ///< where the model spoke
};

/// What advice is worked out in. Its contents mean nothing between two calls.
struct AdviceRoom {
  Candidates candidates;
  KernelVotes votes;
};

/// Predicts from the user's past jobs (then the account's, then the cluster's), by the kernel and, where one
/// is served, the trained model; and plans under the policy. Bounded work, no allocation, no I/O: meant for
/// an RPC thread.
///
/// cluster_cpus  the machine's size; 0 = not known (then no width discount)
/// room          22 KB, for this call alone
Advice advise(const JobRequest& job, const ProfileStore& profiles, const Policy& policy,
              std::uint32_t cluster_cpus, const Serving& serving, AdviceRoom& room);

/// The same with the room on the stack.
Advice advise(const JobRequest& job, const ProfileStore& profiles, const Policy& policy,
              std::uint32_t cluster_cpus, const Serving& serving = {});

}  // namespace foreshape
