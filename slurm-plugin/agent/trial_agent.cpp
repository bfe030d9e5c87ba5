// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/trial_agent.h"

#include <algorithm>
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

/// As the job is now, with this of its trial in its comment.
TrialChange change_of(const slurm_job_info_t& job, const TrialMark& mark) {
  TrialChange change;
  change.job = job_id_of(job);
  change.had_state = job_state(job.job_state);
  change.had_limit_min = job.time_limit;
  change.had_comment = bounded(job.admin_comment, kMaxScriptBytes);
  change.admin_comment = comment_with(change.had_comment, mark);
  return change;
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
  return state_.is_stopped() || !settings->policy.has_trials() ||
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

void TrialAgent::pass(const job_info_msg_t& jobs) {
  const auto trials = open_trials(jobs);
  tally_.look(trials, state_.clock.now_s());
  // Before anybody is queued again: in this list who will be is not COMPLETING yet, and would be taken for let go.
  for (const JobId job : requeues_.stuck(jobs, state_.clock.now_s()))
    state_.notice(LogLevel::error, stuck_text(job));
  take_steps(jobs, trials);
  const bool may_begin = !is_behind() && !is_off();
  if (may_begin && steps_.open() < kMaxOpen) begin_some(jobs);
  state_.trials.started = tally_.counts().started;
  state_.trials.ended = tally_.counts().ended;
  state_.trials.lost_core_h = tally_.counts().lost_core_h;
  state_.trials.open = steps_.open();
}

void TrialAgent::take_steps(const job_info_msg_t& jobs, const std::vector<OpenTrial>& trials) {
  FORESHAPE_FAULT("trial_unseen", return );
  const auto settings = state_.settings.get();
  const auto facts = state_.facts.get();
  const auto scale = facts->order_scale();
  const PlannedStarts planned =
      trials.empty() ? PlannedStarts() : PlannedStarts(jobs, scale ? scale->overdue_points : 0);
  const TrialTimes times{.now_s = state_.clock.now_s(),
                         .length_s = settings->policy.trials.length_s,
                         .interval_s = settings->agent_interval_s,
                         .wait_s = std::max<std::int64_t>(3 * std::int64_t{facts->bf_interval_s},
                                                          2 * settings->agent_interval_s),
                         .ends_waits = is_off()};
  for (const TrialStep& step : steps_.due(trials, planned, times))
    if (const auto done = take(step); !done)
      state_.log(LogLevel::debug,
                 fmt::format("job {}: {}: {}; looking again at the next pass", job_id_of(*step.trial.job),
                             said(step.kind), done.error().message));
}

Result<void> TrialAgent::take(const TrialStep& step) {
  const slurm_job_info_t& job = *step.trial.job;
  switch (step.kind) {
    case TrialStep::Kind::requeue:
      return requeue(step);
    case TrialStep::Kind::give_back:
      return give_back(step);
    case TrialStep::Kind::end_wait: {
      TrialChange change = change_of(job, TrialMark{.end = TrialEnd::possible});
      change.least_min = 0;
      choice_.in_vain(change.job, state_.clock.now_s());
      return change_trial(change);
    }
    case TrialStep::Kind::run_whole: {
      TrialMark mark = step.trial.mark;
      mark.end = TrialEnd::whole;
      TrialChange change = change_of(job, mark);
      if (has_trial_limit(job, step.trial.mark)) change.limit_min = mark.limit_min;
      auto done = change_trial(change);
      if (!done) return done;
      if (!change.limit_min) return done;  // it has never been on trial
      ++state_.trials.ran_on;
      state_.notice(LogLevel::info,
                    fmt::format("job {} uid={}: {}", change.job, job.user_id, said(step.kind)));
      return done;
    }
  }
  return {};
}

Result<void> TrialAgent::requeue(const TrialStep& step) {
  const slurm_job_info_t& job = *step.trial.job;
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
  state_.notice(LogLevel::info, fmt::format("job {} uid={}: {}{}", job_id_of(job), job.user_id,
                                            said(step.kind), was_cut ? " (ended by the trial's limit)" : ""));
  return {};
}

/// Whatever its limit is: who has set another in the moments since is served worse by one that is too short.
Result<void> TrialAgent::give_back(const TrialStep& step) {
  const slurm_job_info_t& job = *step.trial.job;
  const auto scale = state_.facts.get()->order_scale();
  TrialMark mark = step.trial.mark;
  mark.end = TrialEnd::requeued;
  mark.credit_s = scale ? std::max<std::int64_t>(state_.clock.now_s() - mark.since_s, 0) : 0;
  TrialChange change = change_of(job, mark);
  change.least_min = 0;
  change.limit_min = mark.limit_min;
  if (mark.credit_s > 0)
    change.site_factor = site_factor_of(aged_points(points_in(job.site_factor), mark.credit_s, *scale));
  change.may_start_at_once = step.release;
  auto done = change_trial(change);
  if (!done) return done;
  steps_.given_back(change.job);
  state_.notice(LogLevel::info, fmt::format("job {} uid={}: {}, with the {} minutes requested", change.job,
                                            job.user_id, said(step.kind), mark.limit_min));
  return done;
}

/// Asks for nodes and partitions only where a job could be tried at all.
void TrialAgent::begin_some(const job_info_msg_t& jobs) {
  const auto settings = state_.settings.get();
  const auto facts = state_.facts.get();
  const TrialStarts& rules = settings->policy.trials;
  const UnixSeconds now_s = state_.clock.now_s();
  const auto may_try = [&](const slurm_job_info_t& job) {
    return tally_.may_try(job.user_id, rules.user_day_max, now_s);
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
  auto chosen = choice_.due(look, candidates, IdleCapacity(**nodes, **partitions));
  chosen.resize(std::min(chosen.size(), kMaxOpen - steps_.open()));
  for (const slurm_job_info_t* job : chosen) begin(*job);
}

void TrialAgent::begin(const slurm_job_info_t& job) {
  const UnixSeconds now_s = state_.clock.now_s();
  const UnixSeconds since_s = job.accrue_time > 0 ? UnixSeconds{job.accrue_time} : now_s;
  TrialChange change = change_of(job, TrialMark{job.time_limit, since_s, TrialEnd::open, 0});
  change.least_min = trial_limit_min(state_.settings.get()->policy.trials.length_s);
  if (change.admin_comment == change.had_comment || *change.least_min >= job.time_limit) return;
  if (const auto done = change_trial(change); !done)
    state_.log(LogLevel::debug, fmt::format("job {}: {}", change.job, done.error().message));
}

}  // namespace foreshape
