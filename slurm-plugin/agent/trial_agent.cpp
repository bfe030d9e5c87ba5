// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/trial_agent.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <optional>
#include <string_view>

#include "slurm-plugin/base/fault_point.h"
#include "slurm-plugin/slurm/record_state.h"
#include "slurm-plugin/slurm/rpc/job_requeue.h"
#include "slurm-plugin/slurm/rpc/slurm_answer.h"
#include "slurm-plugin/slurm/slurm_field.h"
#include "slurm-plugin/slurm/trial_job.h"
#include "slurm-plugin/slurm/trial_lever.h"

namespace foreshape {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;

/// Its site factor with the age that Slurm has forgotten. placed_s: the offset that it was made from, where
/// that is known, so that the order's renewal finds the same number.
std::uint32_t aged_factor(const slurm_job_info_t& job, std::optional<std::int64_t> placed_s,
                          std::int64_t credit_s, const OrderScale& scale) {
  const auto factor_of = [&scale](std::int64_t offset_s) {
    return NICE_OFFSET + static_cast<std::uint32_t>(order_points(offset_s, scale));
  };
  if (placed_s && job.site_factor == factor_of(*placed_s)) return factor_of(*placed_s - credit_s);
  const bool has_factor = job.site_factor != 0 && job.site_factor != NO_VAL;
  const std::uint32_t factor = has_factor ? job.site_factor : NICE_OFFSET;
  const double points = static_cast<double>(credit_s) / 60 * scale.points_per_minute;
  return factor + static_cast<std::uint32_t>(std::llround(points));
}

std::string_view said(TrialStep::Kind kind) {
  switch (kind) {
    case TrialStep::Kind::end_wait:
      return "is not started on trial";
    case TrialStep::Kind::run_whole:
      return "ran as a trial start, runs on with its own limit";
    case TrialStep::Kind::requeue:
      return "ran as a trial start, goes back into the queue";
    case TrialStep::Kind::give_back:
      return "ran as a trial start, waits on in its old place";
  }
  return "";
}

}  // namespace

bool TrialAgent::is_off() const {
  const auto settings = state_.settings.get();
  return !settings->enabled || state_.kill_switch || state_.observe_only || !settings->policy.has_trials() ||
         settings->policy.order.mode != OrderMode::on || !state_.facts.get()->order_scale();
}

/// The last pass was longer ago than it should have been, or slurmctld has just started: whoever began a trial
/// now might be ended late.
bool TrialAgent::is_behind() {
  const auto settings = state_.settings.get();
  const std::int64_t now_ns = state_.clock.monotonic_ns();
  const std::int64_t gap_ns = passed_ns_ == 0 ? INT64_MAX : now_ns - passed_ns_;
  passed_ns_ = now_ns;
  constexpr std::int64_t kSlack_s = 5;
  const bool is_late = gap_ns > (2 * settings->agent_interval_s + kSlack_s) * kNsPerSecond;
  return is_late || state_.clock.now_s() - state_.started_s < settings->policy.trials.length_s;
}

void TrialAgent::pass(const job_info_msg_t& jobs, const TokenOf& token_of) {
  tally_.look(jobs, state_.clock.now_s());
  take_steps(jobs, token_of);
  for (const JobId job : requeues_.stuck(jobs, state_.clock.now_s())) tell(stuck_text(job), LogLevel::error);
  const bool may_begin = !is_behind() && !is_off();
  if (may_begin && steps_.open() < kMaxOpen) begin(jobs, token_of);
  state_.trials.started = tally_.counts().started;
  state_.trials.ended = tally_.counts().ended;
  state_.trials.lost_core_h = tally_.counts().lost_core_h;
  state_.trials.open = steps_.open();
}

void TrialAgent::take_steps(const job_info_msg_t& jobs, const TokenOf& token_of) {
  FORESHAPE_FAULT("trial_unseen", return );
  const auto settings = state_.settings.get();
  const auto facts = state_.facts.get();
  const auto scale = facts->order_scale();
  const PlannedStarts planned(jobs, scale ? scale->overdue_points : 0);
  const TrialTimes times{.now_s = state_.clock.now_s(),
                         .length_s = settings->policy.trials.length_s,
                         .interval_s = settings->agent_interval_s,
                         .wait_s = std::max<std::int64_t>(3 * std::int64_t{facts->bf_interval_s},
                                                          2 * settings->agent_interval_s),
                         .ends_waits = is_off()};
  for (const TrialStep& step : steps_.due(jobs, planned, times))
    if (const auto done = take(step, token_of); !done)
      state_.log(LogLevel::debug, fmt::format("job {}: {}: {}; looking again at the next pass",
                                              job_id_of(*step.job), said(step.kind), done.error().message));
}

TrialChange TrialAgent::change_of(const TrialStep& step, const std::optional<TrialMark>& mark) const {
  const slurm_job_info_t& job = *step.job;
  TrialChange change;
  change.job = job_id_of(job);
  change.had_state = job_state(job.job_state);
  change.had_limit_min = job.time_limit;
  change.had_comment = bounded(job.admin_comment, kMaxScriptBytes);
  change.admin_comment = comment_with(change.had_comment, mark);
  return change;
}

Result<void> TrialAgent::take(const TrialStep& step, const TokenOf& token_of) {
  switch (step.kind) {
    case TrialStep::Kind::requeue:
      return requeue(step);
    case TrialStep::Kind::give_back:
      return give_back(step, token_of(*step.job));
    case TrialStep::Kind::end_wait: {
      TrialChange change = change_of(step, std::nullopt);
      change.least_min = 0;
      choice_.in_vain(change.job, state_.clock.now_s());
      return change_trial(change);
    }
    case TrialStep::Kind::run_whole: {
      TrialMark mark = step.mark;
      mark.end = TrialEnd::whole;
      TrialChange change = change_of(step, mark);
      if (has_trial_limit(*step.job, step.mark)) change.limit_min = mark.limit_min;
      auto done = change_trial(change);
      if (!done) return done;
      if (!change.limit_min) return done;  // it has never been on trial
      ++state_.trials.ran_on;
      tell(fmt::format("job {} uid={}: {}", change.job, step.job->user_id, said(step.kind)), LogLevel::info);
      return done;
    }
  }
  return {};
}

Result<void> TrialAgent::requeue(const TrialStep& step) {
  const slurm_job_info_t& job = *step.job;
  const JobState had_state = job_state(job.job_state);
  const bool was_cut = had_state == JobState::timeout;
  auto queued = requeue_held_from(job_id_of(job), had_state);
  if (!queued) return queued;
  steps_.requeued(job_id_of(job));
  ++state_.trials.requeued;
  if (was_cut) {
    ++state_.trials.rescued;
    requeues_.queued_again(job_id_of(job), state_.clock.now_s());
  }
  const UnixSeconds until_s = was_cut ? UnixSeconds{job.end_time} : state_.clock.now_s();
  tally_.requeued(static_cast<double>(until_s - job.start_time) * job.num_cpus);
  tell(fmt::format("job {} uid={}: {}{}", job_id_of(job), job.user_id, said(step.kind),
                   was_cut ? " (ended by the trial's limit)" : ""),
       LogLevel::info);
  return {};
}

/// Whatever its limit is: who has set another in the moments since is served worse by one that is too short.
Result<void> TrialAgent::give_back(const TrialStep& step, SubmissionToken token) {
  const slurm_job_info_t& job = *step.job;
  const auto scale = state_.facts.get()->order_scale();
  TrialMark mark = step.mark;
  mark.end = TrialEnd::requeued;
  mark.credit_s = scale ? std::max<std::int64_t>(state_.clock.now_s() - mark.since_s, 0) : 0;
  TrialChange change = change_of(step, mark);
  change.least_min = 0;
  change.limit_min = mark.limit_min;
  if (mark.credit_s > 0)
    change.site_factor = aged_factor(job, state_.offsets.find(token), mark.credit_s, *scale);
  change.may_start_at_once = step.release;
  auto done = change_trial(change);
  if (!done) return done;
  steps_.given_back(change.job);
  tell(fmt::format("job {} uid={}: {}, with the {} minutes requested", change.job, job.user_id,
                   said(step.kind), mark.limit_min),
       LogLevel::info);
  return done;
}

/// Asks for nodes and partitions only where a job could be tried at all.
void TrialAgent::begin(const job_info_msg_t& jobs, const TokenOf& token_of) {
  const auto settings = state_.settings.get();
  const auto facts = state_.facts.get();
  const TrialStarts& rules = settings->policy.trials;
  const UnixSeconds now_s = state_.clock.now_s();
  const auto may_try = [&](const slurm_job_info_t& job) {
    return state_.triable.find(token_of(job)).has_value() &&
           tally_.may_try(job.user_id, rules.user_day_max, now_s);
  };
  const TrialLook look{.jobs = jobs,
                       .now_s = now_s,
                       .overdue_points = facts->order_scale()->overdue_points,
                       .passed_over_s = std::int64_t{facts->bf_interval_s} * 3 / 2,
                       .may_try = may_try};
  const auto candidates = TrialChoice::candidates(look);
  if (candidates.empty()) return choice_.forget();
  const auto nodes = load_nodes();
  const auto partitions = load_partitions();
  if (!nodes || !partitions) return;
  auto chosen = choice_.due(look, candidates, IdleRoom(**nodes, **partitions));
  chosen.resize(std::min(chosen.size(), kMaxOpen - steps_.open()));
  for (const slurm_job_info_t* job : chosen) begin(*job);
}

void TrialAgent::begin(const slurm_job_info_t& job) {
  const UnixSeconds now_s = state_.clock.now_s();
  const UnixSeconds since_s = job.accrue_time > 0 ? UnixSeconds{job.accrue_time} : now_s;
  const TrialStep step{TrialStep::Kind::end_wait, &job, {}, false};
  TrialChange change = change_of(step, TrialMark{job.time_limit, since_s, TrialEnd::open, 0});
  change.least_min = trial_limit_min(state_.settings.get()->policy.trials.length_s);
  if (change.admin_comment == change.had_comment || *change.least_min >= job.time_limit) return;
  if (const auto done = change_trial(change); !done)
    state_.log(LogLevel::debug, fmt::format("job {}: {}", change.job, done.error().message));
}

void TrialAgent::tell(const std::string& what, LogLevel level) {
  state_.log(level, what);
  state_.events.push(NoticeEvent{.at_s = state_.clock.now_s(), .text = BoundedText<200>(what)});
}

}  // namespace foreshape
