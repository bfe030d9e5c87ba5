#include "slurm-plugin/submission.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <span>
#include <stdexcept>
#include <thread>

#include "predictor/advice.h"
#include "predictor/advisor.h"
#include "slurm-plugin/boundary.h"
#include "slurm-plugin/fault_point.h"
#include "slurm-plugin/job_request.h"
#include "slurm-plugin/plan_writer.h"

namespace foreshape {
namespace {

/// Nothing at all is wanted for this job: it is not even to be predicted.
bool is_off(const Policy& policy, const JobRequest& job) {
  if (policy.order.on || policy.hold.mode != HoldPolicy::Mode::off) return false;
  for (std::size_t lever = 0; lever < kLevers; ++lever)
    if (policy.mode_for(static_cast<Lever>(lever), job.partition, job.qos, job.account) != Mode::off)
      return false;
  return true;
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
  const JobRequest& asked = job.request;
  if (std::none_of(plan.modes.begin(), plan.modes.end(), advises)) return std::nullopt;
  if (state.advice.was_told(asked.uid, asked.name, asked.submit_s)) return std::nullopt;
  auto text = advice_text(asked, job.name.view(), state.profiles, plan);
  if (text && !state.advice.may_tell(asked.uid, asked.name, asked.submit_s)) return std::nullopt;
  return text;
}

/// Decides on everything that the descriptor will be told; changes nothing.
JobChanges changes_for(RuntimeState& state, const Settings& settings, const SiteFacts& facts,
                       const SubmittedJob& job, const Plan& plan, const job_desc_msg_t& descriptor) {
  JobChanges changes;
  changes.advice = advice_for(state, job, plan);
  if (const auto scale = facts.order_scale(); scale && plan.order_offset_s)
    changes.order_points = order_points(*plan.order_offset_s, *scale);
  if (settings.policy.hold.mode == HoldPolicy::Mode::on && plan.may_use_pool &&
      leaves_placement_to_slurm(descriptor))
    if (const auto door = state.pool.enter(job.request.uid, job.request.partition,
                                           job.request.nodes.value_or(1), job.request.least_cpus()))
      changes.reservation = *door;
  return changes;
}

/// By the trained model where one is in force and does not fail; else by the kernel alone.
Advice advice_of(RuntimeState& state, const Settings& settings, const SiteFacts& facts,
                 const JobRequest& job) {
  const auto room = state.rooms.borrow();
  const auto ask = [&](const Serving& serving) {
    return room ? advise(job, state.profiles, settings.policy, facts.cpus, serving, *room)
                : advise(job, state.profiles, settings.policy, facts.cpus, serving);
  };
  const auto model = state.model.get();
  if (!model->network) return ask({});
  Advice advice;
  const bool fine = guarded(
      [&] {
        FORESHAPE_FAULT("model_throw", throw std::runtime_error("model failed, as the test wants it"));
        std::array<LiveJob, kMaxLiveJobs> live;
        const std::size_t n = state.live.get()->jobs_of(job.uid, state.profiles, live);
        advice = ask({model.get(), std::span{live}.first(n)});
      },
      [&](const char* why) { state.fault("model", why); });
  if (!fine) advice = ask({});
  if (advice.model_word == ModelWord::unusable) state.fault("model", "it said a number that is none");
  return advice;
}

/// For the gate, which judges network and kernel when the job has ended.
void remember_both(RuntimeState& state, SubmissionToken token, const JobRequest& job, const Advice& advice) {
  if (advice.model_word != ModelWord::said || !advice.lesson.network.known()) return;
  constexpr float kNoLimit_s = 1e12F;
  const auto limit_s = static_cast<float>(job.limit_s.value_or(0));
  state.forecasts.remember(token,
                           {advice.prediction.model, advice.lesson, limit_s > 0 ? limit_s : kNoLimit_s});
}

void count(JobCounts& jobs, const JobChanges& changes, const Advice& advice) {
  constexpr auto kOrder = std::memory_order_relaxed;
  const Prediction& prediction = advice.prediction;
  if (prediction.model != 0) jobs.by_model.fetch_add(1, kOrder);
  if (advice.model_word == ModelWord::busy) jobs.model_busy.fetch_add(1, kOrder);
  if (prediction.evidence != Evidence::none) jobs.predicted.fetch_add(1, kOrder);
  if (changes.advice) jobs.advised.fetch_add(1, kOrder);
  if (changes.order_points) jobs.ordered.fetch_add(1, kOrder);
  if (!changes.reservation.empty()) jobs.pooled.fetch_add(1, kOrder);
}

/// For the forecast of this user's next submission.
void remember(RuntimeState& state, const SubmissionEvent& event) {
  state.requests.remember(event.token, event.request);
  state.profiles.add_submission(event.request.uid, submission_of(event));
}

/// Also with the descriptor unchanged the journal has a row: nothing is lost, and ingest can tell
/// "opted out" from "we were not there".
void record(RuntimeState& state, SubmissionEvent& event, std::int64_t begun_ns) {
  event.decided_in_ns = static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(state.clock.monotonic_ns() - begun_ns, 0, UINT32_MAX));
  state.events.push(event);  // a full queue counts the loss; the journal thread reports it
}

}  // namespace

Submission submission_of(const SubmissionEvent& event) {
  Submission kept = submission(event.request);
  const Forecast& run = event.prediction.of(Resource::run_time);
  constexpr float kMost = 4e9F;
  if (run.known()) kept.predicted_run_s = static_cast<std::uint32_t>(std::clamp(run.typical, 1.0F, kMost));
  return kept;
}

void submit(RuntimeState& state, job_desc_msg_t& job, UserId submitter, char** err_msg) {
  const std::int64_t begun_ns = state.clock.monotonic_ns();
  state.jobs.submitted.fetch_add(1, std::memory_order_relaxed);
  const auto settings = state.settings.get();
  if (!settings->enabled || state.kill_switch) {
    state.jobs.passed.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  const auto facts = state.facts.get();
  SubmittedJob submitted = submitted_job(job, submitter, state.clock.now_s());
  fill_defaults(submitted, *facts);
  SubmissionEvent event = event_of(submitted, state.tokens.next());
  if (submitted.opted_out) {
    state.jobs.opted_out.fetch_add(1, std::memory_order_relaxed);
    return record(state, event, begun_ns);
  }
  if (is_off(settings->policy, submitted.request)) {
    state.jobs.passed.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  FORESHAPE_FAULT("predict_throw", throw std::runtime_error("prediction failed, as the test wants it"));
  FORESHAPE_FAULT("predict_slow", std::this_thread::sleep_for(std::chrono::milliseconds(200)));
  const Advice advice = advice_of(state, *settings, *facts, submitted.request);
  event.prediction = advice.prediction;
  event.plan = advice.plan;

  JobChanges changes = changes_for(state, *settings, *facts, submitted, advice.plan, job);
  if (settings->job_tag) changes.tag = event.token;
  remember(state, event);
  remember_both(state, event.token, event.request, advice);
  record(state, event, begun_ns);
  count(state.jobs, changes, advice);
  write_changes(changes, job, err_msg);
  state.submit_latency.add(
      static_cast<std::uint64_t>(std::max<std::int64_t>(state.clock.monotonic_ns() - begun_ns, 0)));
}

}  // namespace foreshape
