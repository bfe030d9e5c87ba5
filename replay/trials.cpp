// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/trials.h"

#include <array>
#include <utility>

#include "predictor/base/hash.h"

namespace foreshape {
namespace {

constexpr std::int64_t kDay_s = 86'400;

/// What a log may tell of jobs that should not run twice: somebody sits in front of them, others wait for
/// them, or data was staged for them.
bool may_run_twice(const JobRequest& request) {
  return !request.interactive && !request.has_dependency && request.burst_buffer == 0;
}

}  // namespace

Trials::Trials(const Workload& load, const TrialPolicy& policy)
    : load_(load), policy_(policy), number_(load.jobs.size(), 0), days_(load.users) {}

bool Trials::may_try(JobIndex job, double chance, std::int64_t now_s) const {
  const ReplayJob& j = load_.jobs[job];
  if (number_[job] != 0 || chance < policy_.chance_min) return false;
  const UserDay& last = days_[j.user];
  const std::uint32_t today = last.day == now_s / kDay_s ? last.trials : 0;
  if (today >= policy_.user_day_max) return false;
  return may_run_twice(j.request) && consents(j.user);
}

bool Trials::consents(std::uint32_t user) const {
  const std::array<std::uint64_t, 2> drawn = {policy_.consent_seed, user};
  constexpr double kAll = 18446744073709551616.0;  // 2^64
  return static_cast<double>(checksum(drawn.data(), sizeof drawn)) < policy_.consent * kAll;
}

void Trials::started(JobIndex job, std::int64_t now_s) {
  UserDay& today = days_[load_.jobs[job].user];
  if (today.day != now_s / kDay_s) today = {now_s / kDay_s, 0};
  ++today.trials;
  runs_.push_back({job, now_s, 0, TrialOutcome::ended, {}});
  number_[job] = static_cast<std::uint32_t>(runs_.size());
}

void Trials::requeued(JobIndex job, std::int64_t now_s, Placement placement) {
  TrialRun& run = run_of(job);
  run.outcome = TrialOutcome::requeued;
  run.held_s = now_s - run.start_s;
  run.placement = std::move(placement);
}

}  // namespace foreshape
