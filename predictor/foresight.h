#pragma once
// The jobs that are foreseen: every active user's next submission, as the allocation planner takes it.
//
// Runs in: slurmctld (agent thread) and offline.
// Threads: any; see ProfileStore::for_each_active_user.

#include <cstdint>
#include <vector>

#include "predictor/base/hash.h"
#include "predictor/plan/pre_allocation.h"
#include "predictor/profile/profile_store.h"

namespace foreshape {

/// A user who has been silent for longer is not looked at: the chance of a submission within minutes is nil,
/// and the cost of a pass stays bounded by who is there today.
inline constexpr std::int64_t kActiveSeconds = 86'400;

struct Foresight {
  TextHash partition = 0;  ///< names are not in profiles: the caller knows them
  ForeseenJob job;         ///< without the names of user and partition
};

/// The foreseen jobs whose probability is at least `least`.
std::vector<Foresight> foresee_jobs(const ProfileStore& profiles, UnixSeconds now_s, std::int64_t window_s,
                                    double least);

}  // namespace foreshape
