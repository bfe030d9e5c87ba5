// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/state/submission.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <span>
#include <stdexcept>
#include <thread>

#include "predictor/advice.h"
#include "predictor/base/token_tag.h"
#include "predictor/plan/memory_shape.h"
#include "predictor/planned_job.h"
#include "slurm-plugin/base/fault_point.h"
#include "slurm-plugin/slurm/boundary.h"
#include "slurm-plugin/slurm/job_request.h"
#include "slurm-plugin/slurm/plan_writer.h"
#include "slurm-plugin/slurm/slurm_field.h"
#include "slurm-plugin/state/memory_decision.h"
#include "slurm-plugin/state/trial_consent.h"

namespace foreshape {
namespace {

/// Nothing at all is wanted for this job: it is not even to be predicted.
bool is_off(const Policy& policy, const LeverModes& modes) {
  if (policy.order.mode != OrderMode::off || policy.hold.mode != HoldMode::off) return false;
  return std::ranges::all_of(modes, [](Mode mode) { return mode == Mode::off; });
}

SubmissionEvent event_of(const SubmittedJob& job, SubmissionToken token) {
  SubmissionEvent event;
  event.token = token;
  event.request = job.request;
  event.opted_out = job.opted_out;
  event.account = job.account;
  event.partition = job.partition;
  event.qos = job.qos;
  event.name = job.name;
  return event;
}

std::optional<AdviceText> advice_for(RuntimeState& state, const SubmittedJob& job, const Plan& plan) {
  const auto advises = [](Mode mode) { return mode >= Mode::advise; };
  const JobRequest& requested = job.request;
  if (std::none_of(plan.modes.begin(), plan.modes.end(), advises)) return std::nullopt;
  if (state.advice.was_told(requested.uid, requested.name, requested.submit_s)) return std::nullopt;
  auto text = advice_text(requested, job.name.view(), state.profiles, plan);
  if (text && !state.advice.may_tell(requested.uid, requested.name, requested.submit_s)) return std::nullopt;
  return text;
}

/// The site factor that the plan means; nullopt where the site's priorities can't carry it, or it is a dry run.
std::optional<std::int32_t> points_of(const Plan& plan, const SiteFacts& facts) {
  const auto scale = facts.order_scale();
  if (!scale || !plan.order_offset_s || plan.order_is_dry) return std::nullopt;
  return order_points(*plan.order_offset_s, *scale);
}

/// Decides on everything that the descriptor will be told, but its memory; changes nothing.
JobChanges changes_for(RuntimeState& state, const SiteFacts& facts, const SubmittedJob& job,
                       const Plan& plan) {
  JobChanges changes;
  changes.advice = advice_for(state, job, plan);
  changes.order_points = points_of(plan, facts);
  return changes;
}

/// For the blend, which judges network and kernel when the job has ended.
void remember_both(RuntimeState& state, SubmissionToken token, const JobRequest& job,
                   const PlannedJob& planned) {
  if (planned.model_outcome != ModelOutcome::answered || !planned.lesson.network.known()) return;
  constexpr float kNoLimit_s = 1e12F;
  const auto limit_s = static_cast<float>(job.limit_s.value_or(0));
  state.forecasts.remember(token,
                           {planned.prediction.model, planned.lesson, limit_s > 0 ? limit_s : kNoLimit_s});
}

void count_shaped(JobCounts& jobs, const JobChanges& changes, const PlannedJob& planned,
                  const JobRequest& request) {
  constexpr auto kOrder = std::memory_order_relaxed;
  if (!planned.plan.shaped_memory_mib) return;
  const std::uint32_t tasks = std::max(request.array_tasks, 1U);
  if (!changes.memory) return static_cast<void>(jobs.would_shape.fetch_add(tasks, kOrder));
  const std::int64_t saved_mib = changes.memory->requested_mib - changes.memory->planned_mib;
  jobs.shaped.fetch_add(tasks, kOrder);
  jobs.saved_mib.fetch_add(saved_mib * std::max(request.nodes.value_or(1), 1U) * tasks, kOrder);
}

void count(JobCounts& jobs, const JobChanges& changes, const PlannedJob& planned) {
  constexpr auto kOrder = std::memory_order_relaxed;
  const Prediction& prediction = planned.prediction;
  if (prediction.model != 0) jobs.by_model.fetch_add(1, kOrder);
  if (planned.model_outcome == ModelOutcome::busy) jobs.model_busy.fetch_add(1, kOrder);
  if (prediction.evidence != Evidence::none) jobs.predicted.fetch_add(1, kOrder);
  if (changes.advice) jobs.advised.fetch_add(1, kOrder);
  if (changes.order_points) jobs.ordered.fetch_add(1, kOrder);
}

/// For the forecast of this user's next submission.
void remember(RuntimeState& state, const SubmissionEvent& event) {
  state.requests.remember(event.token, event.request);
  state.recent.remember(event.token, event.request);
  if (const auto claim = order_claim(event.prediction, event.plan))
    state.claims.remember(event.token, *claim);
  remember_offset(state, event);
  const JobRequest& request = event.request;
  if (state.unseen.add({event.token, request.uid, request.submit_s}))
    state.profiles.add_submission(request.uid, submission_of(event));
}

/// Also with the descriptor unchanged the journal has a row: nothing is lost, and ingest can tell
/// "opted out" from "we were not there".
void record(RuntimeState& state, SubmissionEvent& event, std::int64_t begun_ns) {
  event.decided_in_ns = static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(state.clock.monotonic_ns() - begun_ns, 0, UINT32_MAX));
  state.events.push(event);  // a full queue counts the loss; the journal thread reports it
}

/// JobSubmitPlugins=foreshape,foreshape: what the first call made of the job is right, and a second token
/// would be a second submission in the journal. The comment alone proves nothing: users can't set it, but
/// another plugin may have copied a text of theirs into it. So the token must be of this user and this
/// moment.
bool has_our_token(const RuntimeState& state, const job_desc_msg_t& job, UserId submitter) {
  const auto seen = state.requests.find(tagged_token(bounded(job.admin_comment)));
  const UserId user = job.user_id != NO_VAL ? job.user_id : submitter;
  return seen && seen->uid == user && state.clock.now_s() - seen->submit_s <= 1;
}

}  // namespace

Submission submission_of(const SubmissionEvent& event) {
  Submission kept = submission(event.request);
  kept.token = event.token;
  const Forecast& run = event.prediction.of(Resource::run_time);
  constexpr float kMax = 4e9F;
  if (run.known()) kept.predicted_run_s = static_cast<std::uint32_t>(std::clamp(run.typical, 1.0F, kMax));
  return kept;
}

void remember_offset(RuntimeState& state, const SubmissionEvent& event) {
  if (event.plan.order_offset_s && !event.plan.order_is_dry)
    state.offsets.remember(event.token, *event.plan.order_offset_s);
}

LeverModes modes_for_user(const RuntimeState& state, LeverModes modes, UserId user) {
  Mode& memory = modes.at(static_cast<std::size_t>(Lever::memory));
  if (state.memory_margins.get()->keeps_request(user)) memory = std::min(memory, Mode::observe);
  return modes;
}

PlannedJob planned_job(RuntimeState& state, const Settings& settings, const SiteFacts& facts,
                       const JobRequest& job, const LeverModes& modes) {
  const auto workspace = state.plan_workspaces.borrow();
  const UserFactors user{state.overruns.get()->factor_of(job.uid),
                         state.memory_margins.get()->headroom(job.uid)};
  const auto ask = [&](const Serving& serving) {
    return workspace ? predict_and_plan(job, state.profiles, settings.policy, facts.cpus, serving, *workspace)
                     : predict_and_plan(job, state.profiles, settings.policy, facts.cpus, serving);
  };
  const auto model = state.model.get();
  if (!model->network) return ask({nullptr, {}, &modes, user});
  PlannedJob planned;
  const bool fine = guarded(
      [&] {
        FORESHAPE_FAULT("model_throw", throw std::runtime_error("model failed, as the test wants it"));
        std::array<LiveJob, kMaxLiveJobs> live;
        const std::size_t n = state.live.get()->jobs_of(job.uid, state.profiles, live);
        planned = ask({model.get(), std::span{live}.first(n), &modes, user});
      },
      [&](const char* why) { state.fault("model", why); });
  if (!fine) planned = ask({nullptr, {}, &modes, user});
  if (planned.model_outcome == ModelOutcome::unusable)
    state.fault("model", "it returned a value that is not finite");
  return planned;
}

std::optional<float> order_claim(const Prediction& prediction, const Plan& plan) {
  const Forecast& run = prediction.of(Resource::run_time);
  if (!plan.order_offset_s || !run.known() || !(run.mean >= 0)) return std::nullopt;
  return run.mean;
}

namespace {

/// One call of job_submit, and what it has read.
struct SubmissionCall {
  RuntimeState& state;
  const Settings& settings;
  const SiteFacts& facts;
  const SubmittedJob& submitted;
  std::int64_t begun_ns;
};

LeverModes modes_of(const SubmissionCall& call) {
  const SubmittedJob& submitted = call.submitted;
  const JobPlaces places{submitted.partitions.all(), submitted.qoses.all(), submitted.request.account};
  return modes_for_user(call.state, call.settings.policy.modes_for(places), submitted.request.uid);
}

/// Nothing is predicted or said, no token given. But the job has its place in the order, by what it
/// requested: what was predicted would never be more, so opting out is no way to the front.
void submit_opted_out(const SubmissionCall& call, SubmissionEvent& event, job_desc_msg_t& job,
                      char** err_msg) {
  RuntimeState& state = call.state;
  const Policy& policy = call.settings.policy;
  JobChanges changes;
  state.jobs.opted_out.fetch_add(1, std::memory_order_relaxed);
  event.plan.order_offset_s = requested_order_offset_s(event.request, policy, call.facts.cpus);
  event.plan.order_is_dry = policy.order.mode == OrderMode::dry_run;
  changes.order_points = points_of(event.plan, call.facts);
  if (changes.order_points) state.jobs.ordered.fetch_add(1, std::memory_order_relaxed);
  record(state, event, call.begun_ns);
  write_changes(changes, job, err_msg);
}

/// Everything is decided, remembered and recorded before the descriptor is changed.
void submit_planned(const SubmissionCall& call, const LeverModes& modes, SubmissionEvent& event,
                    job_desc_msg_t& job, char** err_msg) {
  RuntimeState& state = call.state;
  FORESHAPE_FAULT("predict_throw", throw std::runtime_error("prediction failed, as the test wants it"));
  FORESHAPE_FAULT("predict_slow", std::this_thread::sleep_for(std::chrono::milliseconds(200)));
  PlannedJob planned = planned_job(state, call.settings, call.facts, call.submitted.request, modes);
  const auto requested_memory = decide_memory(state, job, call.submitted, call.facts, call.settings, planned);
  event.prediction = planned.prediction;
  event.plan = planned.plan;

  JobChanges changes = changes_for(state, call.facts, call.submitted, planned.plan);
  if (requested_memory) changes.memory = memory_of(planned.plan, *requested_memory);
  const bool may_be_put_in = call.settings.policy.hold.mode == HoldMode::on && leaves_placement_to_slurm(job);
  if (call.settings.job_tag) changes.tag = event.token;
  remember(state, event);
  changes.may_be_tried = may_be_tried(job, call.submitted, event.prediction, call.facts, call.settings);
  remember_both(state, event.token, event.request, planned);
  record(state, event, call.begun_ns);
  count(state.jobs, changes, planned);
  count_shaped(state.jobs, changes, planned, event.request);
  write_changes(changes, job, err_msg);
  if (may_be_put_in) state.admission.ask_for_look(event.request.uid, planned.plan.may_use_pool);
  state.submit_latency.add(
      static_cast<std::uint64_t>(std::max<std::int64_t>(state.clock.monotonic_ns() - call.begun_ns, 0)));
}

}  // namespace

void submit(RuntimeState& state, job_desc_msg_t& job, UserId submitter, char** err_msg) {
  const std::int64_t begun_ns = state.clock.monotonic_ns();
  const auto settings = state.settings.get();
  if (!settings->enabled || state.kill_switch) {
    state.jobs.submitted.fetch_add(1, std::memory_order_relaxed);
    state.jobs.passed.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  if (has_our_token(state, job, submitter)) {
    state.jobs.again.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  state.jobs.submitted.fetch_add(1, std::memory_order_relaxed);
  const auto facts = state.facts.get();
  SubmittedJob submitted = submitted_job(job, submitter, state.clock.now_s());
  fill_defaults(submitted, *facts);
  if (!state.defaults.get()->fill(submitted)) state.unknown_user.store(true, std::memory_order_relaxed);
  SubmissionEvent event = event_of(submitted, state.tokens.next());
  const SubmissionCall call{state, *settings, *facts, submitted, begun_ns};
  if (submitted.opted_out) return submit_opted_out(call, event, job, err_msg);
  const LeverModes modes = modes_of(call);
  if (!is_off(settings->policy, modes)) return submit_planned(call, modes, event, job, err_msg);
  state.jobs.passed.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace foreshape
