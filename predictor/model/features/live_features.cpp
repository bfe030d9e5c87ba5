// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>

#include "predictor/model/features/feature_parts.h"

namespace foreshape {
namespace {

using F = JobFeature;

/// How long some running jobs have run, in seconds.
struct Elapsed {
  float n = 0, least = 0, most = 0;
  void add(float elapsed_s) {
    least = n == 0 ? elapsed_s : std::min(least, elapsed_s);
    most = std::max(most, elapsed_s);
    ++n;
  }
};

struct Live {
  Elapsed running, key_running;
  float pending = 0, key_pending = 0, cpus = 0;
};

Live sum_up(const JobMoment& moment, std::span<const LiveJob> live) {
  const JobRequest& job = moment.job;
  Live sums;
  for (const LiveJob& other : live) {
    const bool alike = job.limit_s.value_or(0) == other.limit_s && job.least_cpus() == other.cpus;
    if (other.start_s == 0) {
      ++sums.pending;
      sums.key_pending += alike ? 1.0F : 0.0F;
      continue;
    }
    const auto elapsed_s = std::max(static_cast<float>(job.submit_s - other.start_s), 0.0F);
    sums.running.add(elapsed_s);
    sums.cpus += static_cast<float>(other.cpus);
    if (alike) sums.key_running.add(elapsed_s);
  }
  return sums;
}

/// A user's submissions are those of live and of finished jobs: together they miss none.
struct Submissions {
  UnixSeconds now_s;
  UnixSeconds newest_s = -1;
  float within_1min = 0, within_10min = 0, within_1h = 0;
  void add(UnixSeconds submit_s) {
    newest_s = std::max(newest_s, submit_s);
    within_1min += now_s - submit_s <= 60 ? 1.0F : 0.0F;
    within_10min += now_s - submit_s <= 600 ? 1.0F : 0.0F;
    within_1h += now_s - submit_s <= 3600 ? 1.0F : 0.0F;
  }
};

}  // namespace

float compute_live_features(const JobMoment& moment, ModelInput& in) {
  const auto feature = [&](F f) -> float& { return in.job[static_cast<std::size_t>(f)]; };
  const auto live = moment.live.first(std::min(moment.live.size(), kMaxLiveJobs));
  const Live sums = sum_up(moment, live);
  feature(F::running) = log_count(sums.running.n);
  feature(F::pending) = log_count(sums.pending);
  feature(F::running_cpus) = log_count(sums.cpus);
  feature(F::running_missing) = sums.running.n > 0 ? 0.0F : 1.0F;
  feature(F::longest_elapsed) = sums.running.n > 0 ? log_time(sums.running.most) : 0;
  feature(F::shortest_elapsed) = sums.running.n > 0 ? log_time(sums.running.least) : 0;
  feature(F::same_key_running) = log_count(sums.key_running.n);
  feature(F::same_key_pending) = log_count(sums.key_pending);
  feature(F::same_key_running_missing) = sums.key_running.n > 0 ? 0.0F : 1.0F;
  feature(F::same_key_elapsed) = sums.key_running.n > 0 ? log_time(sums.key_running.most) : 0;
  feature(F::same_key_elapsed_least) = sums.key_running.n > 0 ? log_time(sums.key_running.least) : 0;

  Submissions submissions{.now_s = moment.job.submit_s};
  for (const LiveJob& other : live) submissions.add(other.submit_s);
  for (const PastJob& past : moment.candidates.of_user()) submissions.add(past.submit_s);
  feature(F::since_submit_missing) = submissions.newest_s < 0 ? 1.0F : 0.0F;
  if (submissions.newest_s >= 0)
    feature(F::since_submit) = log_time(static_cast<float>(moment.job.submit_s - submissions.newest_s));
  feature(F::burst_1min) = log_count(submissions.within_1min);
  feature(F::burst_10min) = log_count(submissions.within_10min);
  feature(F::burst_1h) = log_count(submissions.within_1h);
  return sums.key_running.most;
}

}  // namespace foreshape
