// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/evaluation.h"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <fmt/format.h>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "predictor/base/enum_names.h"
#include "predictor/baseline/kernel.h"
#include "predictor/baseline/simple.h"
#include "predictor/model/blend.h"
#include "trainer/live_tracker.h"

namespace foreshape {
namespace {

constexpr std::size_t kRunTime = static_cast<std::size_t>(Resource::run_time);

double processor_s() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

// Of a model that is kept.
constexpr std::size_t kGoldenPairs = 8;

/// A job that has not ended: what trainer and blends will learn from.
struct Waiting {
  ModelInput input;
  std::array<BlendLesson, kResources> lessons;
};

TrainSettings training_of(const EvaluationSettings& settings) {
  TrainSettings training = settings.training;
  training.scores_candidates = settings.ablated != Ablated::attention;
  return training;
}

class Run {
 public:
  Run(const std::vector<TracedJob>& jobs, const EvaluationSettings& settings,
      std::unique_ptr<Products> products, const OnForecast& on_forecast)
      : settings_(settings),
        trainer_(training_of(settings), std::move(products)),
        serving_(settings.training.sizes, 1, false),
        board_(jobs, settings.with_network),
        on_forecast_(on_forecast) {
    next_refit_ = std::min(settings.refit_every / 2, std::size_t{250});
    if (!settings.with_margins) return;
    for (const double rate : {.05, .1}) trials_.emplace_back(Resource::run_time, rate);
    trials_.emplace_back(Resource::peak_memory, .01);
  }

  void submitted(const TracedJob& job, const ProfileStore& store);
  void ended(const TracedJob& job);
  Evaluation finish(const std::vector<TracedJob>& jobs);

 private:
  Model model(const std::vector<TracedJob>& jobs) const;
  bool is_due(UnixSeconds now_s) const;
  void refit(UnixSeconds now_s);
  JudgedForecasts forecast(const JobMoment& moment, Waiting& waiting);
  void ask_network(const JobMoment& moment, Waiting& waiting, JudgedForecasts& forecasts);

  std::size_t gap_to_refit() const {
    const std::size_t most = settings_.refit_every;
    return std::clamp(out_.jobs / 10, most / 4 + 1, most);
  }

  const EvaluationSettings& settings_;
  std::size_t next_refit_ = 0;
  UnixSeconds next_refit_s_ = 0;
  OnlineTrainer trainer_;
  NetworkState serving_;
  LoopProducts loops_;
  std::array<Blend, kResources> blends_;
  std::array<bool, kResources> is_taught_{};  ///< jobs, judged or not, have told the blend
  LiveTracker live_;
  Candidates candidates_;
  KernelVotes votes_;
  std::unordered_map<const TracedJob*, std::unique_ptr<Waiting>> waiting_;
  Scoreboard board_;
  std::vector<MarginTrial> trials_;
  const OnForecast& on_forecast_;
  std::array<ModelInput, kGoldenPairs> newest_inputs_{};
  Evaluation out_;
};

/// Features that the kernel has computed say nothing.
void forget_kernel(ModelInput& input) {
  constexpr auto kFirst = static_cast<std::size_t>(JobFeature::kernel_missing),
                 kLast = static_cast<std::size_t>(JobFeature::kernel_written_missing);
  std::fill(input.job.begin() + kFirst, input.job.begin() + kLast + 1, 0.0F);
  for (std::size_t k = 0; k < input.candidates; ++k)
    for (const PairFeature f : {PairFeature::kernel_log_weight, PairFeature::density})
      input.pairs[k * kPairFeatures + static_cast<std::size_t>(f)] = 0;
}

void Run::ask_network(const JobMoment& moment, Waiting& waiting, JudgedForecasts& forecasts) {
  auto& [input, lessons] = waiting;
  for (std::size_t r = 0; r < kResources; ++r) serving_.wanted[r] = forecasts.kernel[r].known();
  const ModelInput* one = &input;
  forward(trainer_.weights(), std::span{&one, 1}, loops_, serving_);
  for (std::size_t r = 0; r < kResources; ++r) {
    if (!serving_.wanted[r]) continue;
    PointChoices choices;  // NOLINT(cppcoreguidelines-pro-type-member-init): size are set
    forecasts.network[r] =
        mixture_forecast(serving_.mixtures[r], input.bound[r], forecasts.kernel[r], votes_[r], choices);
    forecasts.network[r].jobs = std::max<std::uint16_t>(forecasts.kernel[r].jobs, 1);
    const BlendCase about = case_of(input, r);
    forecasts.model[r] =
        blends_[r].mix(moment.job.uid, about, forecasts.kernel[r], forecasts.network[r], choices);
    lessons[r] = lesson_of(forecasts.kernel[r], forecasts.network[r], choices, about);
  }
}

JudgedForecasts Run::forecast(const JobMoment& moment, Waiting& waiting) {
  JudgedForecasts forecasts;
  forecasts.kernel = forecasts.model = moment.kernel.forecasts;
  if (!settings_.with_network) return forecasts;
  const double start = processor_s();
  compute_features(moment, waiting.input);
  if (settings_.ablated == Ablated::kernel) forget_kernel(waiting.input);
  if (trainer_.trained()) ask_network(moment, waiting, forecasts);
  out_.predict_s += processor_s() - start;
  return forecasts;
}

bool Run::is_due(UnixSeconds now_s) const {
  if (!settings_.with_network || out_.jobs < next_refit_) return false;
  return settings_.refit_every_s == 0 || now_s >= next_refit_s_;
}

void Run::refit(UnixSeconds now_s) {
  next_refit_ = settings_.refit_every_s == 0 ? out_.jobs + gap_to_refit() : 0;
  next_refit_s_ = now_s + settings_.refit_every_s;
  const double start = processor_s();
  trainer_.refit();
  out_.train_s += processor_s() - start;
  ++out_.refits;
}

void Run::submitted(const TracedJob& job, const ProfileStore& store) {
  if (is_due(job.request.submit_s)) refit(job.request.submit_s);
  ++out_.jobs;
  gather(job.request, store, candidates_);
  const Prediction kernel = predict_kernel(job.request, candidates_, votes_);
  auto waiting = std::make_unique<Waiting>();
  const JudgedForecasts forecasts =
      forecast({job.request, candidates_, kernel, live_.of(job.request.uid, job.request.submit_s)}, *waiting);
  const bool counts = job.request.submit_s >= settings_.from_s;
  if (counts) {
    ++out_.judged;
    board_.add(job, store, candidates_, forecasts);
  }
  for (MarginTrial& trial : trials_)
    trial.submitted(job, kernel, forecasts.model[static_cast<std::size_t>(trial.resource())], counts);
  if (on_forecast_) on_forecast_(job, waiting->input, forecasts.model[kRunTime]);
  if (!settings_.with_network) return;
  newest_inputs_[out_.jobs % kGoldenPairs] = waiting->input;
  live_.submitted(job);
  waiting_[&job] = std::move(waiting);
}

void Run::ended(const TracedJob& job) {
  for (MarginTrial& trial : trials_) trial.ended(job);
  const auto found = waiting_.find(&job);
  if (found == waiting_.end()) return;
  const ModelInput& input = found->second->input;
  live_.ended(job);
  const Target target = target_of(past_job(0, job.request, job.usage));
  trainer_.add(input, target);
  for (std::size_t r = 0; r < kResources; ++r) {
    if (target.known[r] == kUnknown) continue;
    is_taught_[r] = is_taught_[r] || trainer_.trained();
    blends_[r].learn(job.request.uid, found->second->lessons[r],
                     std::exp(std::min(target.value[r], input.bound[r])));
  }
  waiting_.erase(found);
}

Model Run::model(const std::vector<TracedJob>& jobs) const {
  Model model;
  model.sizes = settings_.training.sizes;
  model.weights.assign(trainer_.weights().begin(), trainer_.weights().end());
  for (std::size_t r = 0; r < kResources; ++r) {
    model.serves[r] = r == kRunTime || is_taught_[r];
    if (model.serves[r]) model.blends[r] = blends_[r].table();
  }
  model.card.data_from_s = jobs.front().request.submit_s;
  model.card.data_to_s = jobs.back().request.submit_s;
  model.card.rows = out_.jobs - waiting_.size();
  model.card.users = board_.all_users();
  model.card.seed = settings_.training.seed;
  model.card.steps = trainer_.steps();
  model.card.metrics = metrics_of(out_);
  for (std::size_t i = 0; i < std::min(out_.jobs, kGoldenPairs); ++i)
    model.golden.push_back(golden_pair(model, newest_inputs_[(out_.jobs - i) % kGoldenPairs]));
  return model;
}

Evaluation Run::finish(const std::vector<TracedJob>& jobs) {
  static_cast<Scores&>(out_) = board_.scores();
  for (const MarginTrial& trial : trials_) out_.margin_results.push_back(trial.results());
  if (settings_.keep_model && trainer_.trained()) out_.model = model(jobs);
  return std::move(out_);
}

}  // namespace

std::string_view name_of(Ablated ablated) {
  static constexpr EnumNames<Ablated, Ablated::kernel> kNames{"nothing", "attention", "kernel"};
  return kNames.of(ablated);
}

Evaluation evaluate(const std::vector<TracedJob>& jobs, const EvaluationSettings& settings,
                    std::unique_ptr<Products> products, const OnForecast& on_forecast) {
  Run run{jobs, settings, std::move(products), on_forecast};
  visit_in_time(
      jobs, [&](const TracedJob& job, const ProfileStore& store) { run.submitted(job, store); },
      [&](const TracedJob& job) { run.ended(job); });
  return run.finish(jobs);
}

}  // namespace foreshape
