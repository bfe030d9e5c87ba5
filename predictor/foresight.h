// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The jobs that are foreseen: every active user's next submission, as the allocation planner takes it.
//
// Runs in: slurmctld (agent thread) and offline.
// Threads: any; see ProfileStore::for_each_active_user.

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "predictor/base/hash.h"
#include "predictor/model/arrival/arrival_model.h"
#include "predictor/model/features/live_job.h"
#include "predictor/plan/pre_allocation.h"
#include "predictor/profile/profile_store.h"

namespace foreshape {

/// A user who has been silent for longer is not looked at: the chance of a submission within minutes is nil,
/// and the cost of a pass stays bounded by who is there today.
inline constexpr std::int64_t kActiveSeconds = 86'400;

/// So many users are given to the network in a pass, 15 us each; beyond them the gaps alone forecast.
inline constexpr std::size_t kMaxByNetwork = 50'000;

struct Foresight {
  TextHash partition = 0;  ///< names are not in profiles: the caller knows them
  ForeseenJob job;         ///< without the names of user and partition
};

/// Who forecasts, beside the gaps between submissions (predictor/baseline/arrival.h).
struct ArrivalNetwork {
  /// nullptr: gaps alone. Verified; used during the call only.
  const ArrivalModel* model = nullptr;
  /// A user's waiting and running jobs, newest first, as many as fit; how many there were. Empty: unknown.
  std::function<std::size_t(UserId uid, std::span<LiveJob> out)> live_jobs_of;
};

struct Foreseen {
  std::vector<Foresight> jobs;
  std::size_t users = 0;       ///< that were looked at
  std::size_t by_network = 0;  ///< of them
};

/// The foreseen jobs whose probability is at least `least`. With a network: its probability, and the
/// likeliest of the user's own earlier shapes; a forecast that is no number is made from the gaps instead.
/// unseen: sorted tokens of submissions that do not count, since nobody has seen their jobs yet.
Foreseen foresee_jobs(const ProfileStore& profiles, UnixSeconds now_s, std::int64_t window_s, double least,
                      const ArrivalNetwork& network = {}, std::span<const std::uint64_t> unseen = {});

}  // namespace foreshape
