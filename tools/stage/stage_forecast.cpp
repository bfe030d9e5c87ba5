// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/stage_forecast.h"

#include <algorithm>

#include "predictor/base/file.h"
#include "predictor/baseline/arrival.h"
#include "predictor/profile/profile_store.h"
#include "predictor/profile/snapshot.h"

namespace foreshape {

Result<std::vector<StageForecast>> foresee_submissions(const std::string& snapshot, UnixSeconds now,
                                                       std::int64_t window_s, double least) {
  constexpr std::int64_t kActive_s = 86'400;  // who was silent for longer is not foreseen within minutes
  auto bytes = read_file(snapshot, kMaxSnapshotBytes);
  if (!bytes) return tl::make_unexpected(bytes.error());
  const auto table = load_snapshot(std::move(*bytes));
  if (!table) return tl::make_unexpected(about(snapshot, table.error()));
  const ProfileStore profiles{*table};
  const TextHash ours = folded_name_hash(kStagingJob);
  std::vector<StageForecast> foreseen;
  std::vector<PastJob> jobs;
  profiles.for_each_active_user(now - kActive_s, [&](const UserActivity& user) {
    jobs.assign(user.jobs.begin(), user.jobs.end());
    std::erase_if(jobs, [&](const PastJob& job) { return job.name == ours; });
    const Arrival next = next_arrival(user.submissions, jobs, now, window_s);
    if (next.gaps > 0 && next.probability >= least)
      foreseen.push_back({user.uid, next.probability, next.shape.account, next.shape.name});
  });
  std::ranges::sort(foreseen, std::greater{}, &StageForecast::probability);
  return foreseen;
}

}  // namespace foreshape
