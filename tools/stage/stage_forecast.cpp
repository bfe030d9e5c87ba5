// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/stage_forecast.h"

#include <algorithm>
#include <functional>
#include <span>

#include "predictor/base/file.h"
#include "predictor/baseline/arrival.h"
#include "predictor/profile/profile_store.h"
#include "predictor/profile/snapshot.h"

namespace foreshape {

namespace {

/// As many as a forecast weighs, the newest first.
std::vector<std::uint32_t> submission_times(std::span<const Submission> submissions,
                                            const std::vector<PastJob>& jobs) {
  std::vector<std::uint32_t> times;
  for (const Submission& one : submissions) times.push_back(one.submit_s);
  for (const PastJob& job : jobs) times.push_back(job.submit_s);
  std::ranges::sort(times, std::greater{});
  times.erase(std::unique(times.begin(), times.end()), times.end());
  times.resize(std::min(times.size(), 2 * kMaxGaps));
  return times;
}

}  // namespace

double StageForecast::probability_after(UnixSeconds now, std::int64_t after_s, std::int64_t window_s) const {
  std::vector<Submission> submissions(submitted.size());
  for (std::size_t i = 0; i < submitted.size(); ++i) submissions[i].submit_s = submitted[i];
  const auto within = [&](std::int64_t seconds) {
    return seconds > 0 ? next_arrival(submissions, {}, now, seconds).probability : 0.0;
  };
  return within(after_s + window_s) - within(after_s);
}

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
    if (next.gaps == 0 || next.probability < least) return;
    foreseen.push_back({user.uid, next.probability, next.shape.account, next.shape.name,
                        submission_times(user.submissions, jobs)});
  });
  std::ranges::sort(foreseen, std::greater{}, &StageForecast::probability);
  return foreseen;
}

}  // namespace foreshape
