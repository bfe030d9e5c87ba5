// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/window_scores.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <unordered_map>

#include "predictor/baseline/kernel.h"
#include "predictor/baseline/simple.h"
#include "predictor/model/network/network.h"
#include "trainer/job_stream.h"
#include "trainer/live_tracker.h"
#include "trainer/time_order.h"

namespace foreshape {
namespace {

constexpr auto kRunTime = static_cast<std::size_t>(Resource::run_time);
constexpr auto kMemory = static_cast<std::size_t>(Resource::peak_memory);

using Choices = std::array<PointChoices, kResources>;

/// A model at work: its network, and its blends as they learn.
struct Contestant {
  explicit Contestant(const Model& its) : model(&its), network(its.sizes, 1, false) {
    network.wanted = its.serves;
    for (std::size_t r = 0; r < kResources; ++r) blends[r] = Blend{its.blends[r]};
  }
  const Model* model;
  NetworkState network;
  std::array<Blend, kResources> blends;
};

using Lessons = std::array<BlendLesson, kResources>;

/// What was said of a job that has not ended.
struct Waiting {
  std::vector<Lessons> lessons;  ///< for each contestant's blends
  Target target;
  std::array<float, kResources> bound;
};

class Window {
 public:
  Window(std::uint64_t first, std::span<const Model* const> models) : first_(first) {
    for (const Model* model : models) contestants_.emplace_back(*model);
    out_.models.resize(models.size());
  }

  void take(const TracedJob& job) {
    order_.advance(job.request.submit_s,
                   [this](TimeOrder::Number number, const TracedJob& done) { ended(number, done); });
    const TimeOrder::Number number = order_.submitted();
    const TracedJob& kept = order_.submit(job);
    if (number >= first_)
      score(number, kept);
    else
      ++out_.jobs_before[job.request.uid];
    live_.submitted(kept);
  }

  WindowScores finish() {
    order_.advance(INT64_MAX,
                   [this](TimeOrder::Number number, const TracedJob& done) { ended(number, done); });
    for (std::size_t m = 0; m < contestants_.size(); ++m)
      for (std::size_t r = 0; r < kResources; ++r)
        out_.models[m].blends[r] = contestants_[m].blends[r].table();
    return std::move(out_);
  }

 private:
  void score(TimeOrder::Number number, const TracedJob& job);
  void ended(TimeOrder::Number number, const TracedJob& job);
  Forecasts forecast(Contestant& contestant, const Prediction& kernel, Choices& choices);
  DecidingScores& part_of(const JobRequest& job);
  void score_models(const TracedJob& job, const Prediction& kernel, Waiting& waiting, DecidingScores& part);
  void score_simple(const TracedJob& job, const Prediction& kernel, const Waiting& waiting,
                    DecidingScores& part);

  std::uint64_t first_;
  std::vector<Contestant> contestants_;
  TimeOrder order_;
  LiveTracker live_;
  Candidates candidates_;
  KernelVotes votes_;
  ModelInput input_{};
  LoopProducts loops_;
  std::unordered_map<TimeOrder::Number, std::unique_ptr<Waiting>> waiting_;
  WindowScores out_;
};

float used_of(const Waiting& waiting, std::size_t r) {
  return std::exp(std::min(waiting.target.value[r], waiting.bound[r]));
}

Forecasts Window::forecast(Contestant& contestant, const Prediction& kernel, Choices& choices) {
  Forecasts out;
  const ModelInput* one = &input_;
  forward(contestant.model->weights, std::span{&one, 1}, loops_, contestant.network);
  for (std::size_t r = 0; r < kResources; ++r) {
    if (!contestant.model->serves[r] || !kernel.forecasts[r].known()) continue;
    out[r] = mixture_forecast(contestant.network.mixtures[r], input_.bound[r], kernel.forecasts[r], votes_[r],
                              choices[r]);
    out[r].jobs = std::max<std::uint16_t>(kernel.forecasts[r].jobs, 1);
  }
  return out;
}

DecidingScores& Window::part_of(const JobRequest& job) {
  DecidingScores& part = out_.parts[{job.uid, job.account, candidates_.own < kNewcomerJobs}];
  part.models.resize(contestants_.size());
  return part;
}

void Window::score_simple(const TracedJob& job, const Prediction& kernel, const Waiting& waiting,
                          DecidingScores& part) {
  const JobRequest& requested = job.request;
  if (waiting.target.known[kRunTime] != kUnknown && kernel.of(Resource::run_time).known()) {
    ++out_.jobs;
    std::array<PastJob, 2> own;
    const std::size_t n = order_.store().newest_jobs(ProfileGroup::user, requested.uid, own);
    const auto last2 = last_two_run_s(requested, std::span{own}.first(n));
    if (requested.limit_s.value_or(0) > 0 && last2) {
      for (Score* score : {&out_.requested, &part.requested})
        score->add(static_cast<double>(*requested.limit_s), used_of(waiting, kRunTime));
      for (Score* score : {&out_.last2, &part.last2})
        score->add(static_cast<double>(*last2), used_of(waiting, kRunTime));
    }
  }
  if (waiting.target.known[kMemory] != kUnknown && requested.memory_per_node_bytes.value_or(0) > 0)
    out_.requested_memory.add(static_cast<double>(*requested.memory_per_node_bytes),
                              used_of(waiting, kMemory));
}

void Window::score(TimeOrder::Number number, const TracedJob& job) {
  if (job.usage.end_s == 0) return;
  gather(job.request, order_.store(), candidates_);
  const Prediction kernel = predict_kernel(job.request, candidates_, votes_);
  compute_features({job.request, candidates_, kernel, live_.of(job.request.uid, job.request.submit_s)},
                   input_);
  auto waiting = std::make_unique<Waiting>();
  waiting->target = target_of(past_job(0, job.request, job.usage));
  waiting->bound = input_.bound;
  DecidingScores& part = part_of(job.request);
  score_simple(job, kernel, *waiting, part);
  for (std::size_t r = 0; r < kResources; ++r)
    if (waiting->target.known[r] != kUnknown && kernel.forecasts[r].known())
      for (Score* score : {&out_.kernel[r], &part.kernel[r]})
        score->add(kernel.forecasts[r], static_cast<double>(used_of(*waiting, r)));
  score_models(job, kernel, *waiting, part);
  waiting_[number] = std::move(waiting);
}

void Window::score_models(const TracedJob& job, const Prediction& kernel, Waiting& waiting,
                          DecidingScores& part) {
  Choices choices;  // NOLINT(cppcoreguidelines-pro-type-member-init): as forecast() sets them
  for (std::size_t m = 0; m < contestants_.size(); ++m) {
    const Forecasts networks = forecast(contestants_[m], kernel, choices);
    Lessons& lessons = waiting.lessons.emplace_back();
    for (std::size_t r = 0; r < kResources; ++r) {
      const Forecast &network = networks[r], &plain = kernel.forecasts[r];
      if (waiting.target.known[r] == kUnknown || !plain.known()) continue;
      const auto used = static_cast<double>(used_of(waiting, r));
      out_.models[m].network[r].add(network.known() ? network : plain, used);
      const BlendCase about = case_of(input_, r);
      const Forecast mixed =
          contestants_[m].blends[r].mix(job.request.uid, about, plain, network, choices[r]);
      for (Score* score : {&out_.models[m].model[r], &part.models[m][r]}) score->add(mixed, used);
      if (network.known()) lessons[r] = lesson_of(plain, network, choices[r], about);
    }
  }
}

void Window::ended(TimeOrder::Number number, const TracedJob& job) {
  live_.ended(job);
  const auto found = waiting_.find(number);
  if (found == waiting_.end()) return;
  const Waiting& waiting = *found->second;
  for (std::size_t r = 0; r < kResources; ++r) {
    if (waiting.target.known[r] == kUnknown) continue;
    for (std::size_t m = 0; m < contestants_.size(); ++m)
      contestants_[m].blends[r].learn(job.request.uid, waiting.lessons[m][r], used_of(waiting, r));
  }
  waiting_.erase(found);
}

}  // namespace

Result<WindowScores> score_window(DatasetReader& reader, std::uint64_t first, std::uint64_t end,
                                  std::span<const Model* const> models,
                                  const std::function<void(std::uint64_t)>& progress) {
  Window window{first, models};
  SoloComm solo;
  JobStream stream{reader, solo};
  std::uint64_t jobs = 0;
  auto read = stream.for_each(std::min(end, reader.jobs()), [&](const TracedJob& job) {
    window.take(job);
    if (++jobs % 1024 == 0 && progress) progress(jobs);
  });
  if (!read) return tl::make_unexpected(read.error());
  return window.finish();
}

std::vector<ModelMetric> metrics_of(const WindowScores& scores, std::size_t model) {
  std::vector<ModelMetric> out;
  for (std::size_t r = 0; r < kResources; ++r) {
    const auto resource = static_cast<Resource>(r);
    add_metrics(out, "model", resource, scores.models[model].model[r]);
    add_metrics(out, "network", resource, scores.models[model].network[r]);
    add_metrics(out, "kernel", resource, scores.kernel[r]);
    if (r == kRunTime) add_metrics(out, "last2", resource, scores.last2);
    if (r == kRunTime) add_metrics(out, "requested", resource, scores.requested);
    if (r == kMemory) add_metrics(out, "requested", resource, scores.requested_memory);
  }
  return out;
}

}  // namespace foreshape
