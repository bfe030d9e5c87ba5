// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/foreseen_jobs.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <string>
#include <utility>

#include "predictor/foresight.h"
#include "predictor/model/model.h"
#include "predictor/profile/profile_store.h"
#include "replay/ended_job.h"
#include "replay/live_jobs.h"

namespace foreshape {
namespace {

/// The plugin's: foresee_jobs() over a store of its own.
class ByArrivals final : public ForeseenJobs {
 public:
  ByArrivals(const Workload& load, const SchedulingPolicy& policy, const HoldPolicy& rules)
      : load_(load), rules_(rules), live_(load) {
    if (policy.source == Source::model && policy.model && policy.model->arrivals)
      network_.model = &*policy.model->arrivals;
    network_.live_jobs_of = [this](UserId uid, std::span<LiveJob> out) { return live_jobs(uid, out); };
  }

  void submitted(JobIndex job, const Estimate& estimate) override {
    const JobRequest& request = load_.jobs[job].request;
    Submission made = submission(request);
    if (estimate.is_known) made.predicted_run_s = static_cast<std::uint32_t>(estimate.point_s);
    profiles_.add_submission(request.uid, made);
    live_.submitted(job);
    newest_ = job;
    if (request.uid >= user_of_.size()) user_of_.resize(request.uid + 1);
    user_of_[request.uid] = load_.jobs[job].user;
  }
  void started(JobIndex job, std::int64_t now) override { live_.started(job, now); }
  void ended(JobIndex job, std::int64_t start_s, std::int64_t end_s) override {
    profiles_.add_outcome(ended_job(load_, job, start_s, end_s));
    live_.ended(job);
  }

  std::vector<ForeseenJob> foresee(std::int64_t now) override {
    now_ = now;
    const double least = std::min(rules_.arrival_probability_min, rules_.personal_probability_min);
    std::vector<ForeseenJob> jobs;
    for (Foresight& one : foresee_jobs(profiles_, now, rules_.window_s, least, network_).jobs) {
      one.job.partition = kReplayPartition;
      one.job.nodes = one.job.cpus;
      one.job.memory_bytes = 0;
      if (one.job.probability >= rules_.personal_probability_min) one.job.user = std::to_string(one.job.uid);
      jobs.push_back(std::move(one.job));
    }
    return jobs;
  }

 private:
  std::size_t live_jobs(UserId uid, std::span<LiveJob> out) const {
    return uid < user_of_.size() ? live_.of(user_of_[uid], newest_ + 1, now_, out) : 0;
  }

  const Workload& load_;
  const HoldPolicy& rules_;
  ArrivalNetwork network_;
  ProfileStore profiles_;
  LiveJobs live_;
  std::vector<std::uint32_t> user_of_;  // by uid
  JobIndex newest_ = 0;
  std::int64_t now_ = 0;
};

/// So many processors, for whoever is short.
std::vector<ForeseenJob> short_jobs(double processors) {
  const auto count = static_cast<std::uint32_t>(std::lround(processors));
  if (count == 0) return {};
  ForeseenJob job;
  job.partition = kReplayPartition;
  job.probability = 1;
  job.nodes = job.cpus = count;
  job.run_s = 1;
  return {job};
}

class Fixed final : public ForeseenJobs {
 public:
  explicit Fixed(double processors) : processors_(processors) {}
  std::vector<ForeseenJob> foresee(std::int64_t) override { return short_jobs(processors_); }

 private:
  double processors_;
};

/// Processors of short jobs that are submitted within rules.window_s, by the hour of the week: the mean of all weeks
/// so far, each counting three quarters of the one after it.
class ByHour final : public ForeseenJobs {
 public:
  explicit ByHour(const Workload& load, const HoldPolicy& rules) : load_(load), rules_(rules) {}

  void submitted(JobIndex job, const Estimate& estimate) override {
    const ReplayJob& j = load_.jobs[job];
    if (!estimate.is_known || !is_pool_job(j.request, hold_run_time(estimate), rules_)) return;
    turn_to(j.submit_s);
    sums_[static_cast<std::size_t>(hour_ % kHours)] += j.procs;
  }
  std::vector<ForeseenJob> foresee(std::int64_t now) override {
    turn_to(now);
    const auto at = static_cast<std::size_t>(hour_ % kHours);
    const double weeks = weeks_[at];
    if (weeks == 0) return {};
    return short_jobs(past_[at] / weeks * static_cast<double>(rules_.window_s) / 3'600);
  }

 private:
  static constexpr std::int64_t kHours = 168;
  static constexpr double kDecay = .75;

  /// Hours that are over become the past.
  void turn_to(std::int64_t now) {
    const std::int64_t hour = now / 3'600;
    if (hour_ == 0) hour_ = hour;
    for (; hour_ < hour; ++hour_) {
      const auto at = static_cast<std::size_t>(hour_ % kHours);
      past_[at] = kDecay * past_[at] + std::exchange(sums_[at], 0.0);
      weeks_[at] = kDecay * weeks_[at] + 1;
    }
  }

  const Workload& load_;
  const HoldPolicy& rules_;
  std::int64_t hour_ = 0;  // since 1970, the one that is counted now
  std::array<double, kHours> sums_{}, past_{}, weeks_{};
};

class Clairvoyant final : public ForeseenJobs {
 public:
  Clairvoyant(const Workload& load, const HoldPolicy& rules) : load_(load), rules_(rules) {}

  std::vector<ForeseenJob> foresee(std::int64_t now) override {
    while (next_ < load_.jobs.size() && load_.jobs[next_].submit_s <= now) ++next_;
    std::vector<ForeseenJob> jobs;
    for (JobIndex i = next_; i < load_.jobs.size() && load_.jobs[i].submit_s <= now + rules_.window_s; ++i) {
      const ReplayJob& j = load_.jobs[i];
      ForeseenJob& job = jobs.emplace_back();
      job.uid = j.request.uid;
      job.user = std::to_string(job.uid);
      job.partition = kReplayPartition;
      job.probability = 1;
      job.nodes = job.cpus = static_cast<std::uint32_t>(j.procs);
      job.run_s = j.run_s;
    }
    return jobs;
  }

 private:
  const Workload& load_;
  const HoldPolicy& rules_;
  JobIndex next_ = 0;
};

}  // namespace

HoldRunTime hold_run_time(const Estimate& estimate) {
  return {
      .expected_s = estimate.order_s, .at_90_s = estimate.quantiles_s[1], .at_95_s = estimate.quantiles_s[2]};
}

void ForeseenJobs::submitted(JobIndex, const Estimate&) {}
void ForeseenJobs::started(JobIndex, std::int64_t) {}
void ForeseenJobs::ended(JobIndex, std::int64_t, std::int64_t) {}

std::unique_ptr<ForeseenJobs> make_foreseen_jobs(const Workload& load, const SchedulingPolicy& policy,
                                                 const HoldPolicy& rules) {
  switch (policy.hold->forecast) {
    case HoldForecast::fixed:
      return std::make_unique<Fixed>(policy.hold->fixed_share * load.procs);
    case HoldForecast::by_hour:
      return std::make_unique<ByHour>(load, rules);
    case HoldForecast::clairvoyant:
      return std::make_unique<Clairvoyant>(load, rules);
    case HoldForecast::arrivals:
      break;
  }
  return std::make_unique<ByArrivals>(load, policy, rules);
}

}  // namespace foreshape
