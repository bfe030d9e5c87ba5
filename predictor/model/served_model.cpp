// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/model/served_model.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace foreshape {
namespace {

bool is_usable(const Forecast& forecast) {
  const auto positive = [](float x) { return std::isfinite(x) && x > 0; };
  return std::ranges::all_of(forecast.quantiles, positive) && std::ranges::is_sorted(forecast.quantiles) &&
         positive(forecast.typical) && positive(forecast.mean);
}

}  // namespace

ServingNetwork::ServingNetwork(Model model) : model_(std::move(model)), workspaces_(model_.sizes) {}

ModelOutcome ServingNetwork::forecast(const JobMoment& moment, const KernelVotes& votes, Workspace& w) const {
  w.forecasts = {};
  for (std::size_t r = 0; r < kResources; ++r)
    w.state.wanted[r] = model_.serves[r] && moment.kernel.forecasts[r].known();
  if (std::ranges::none_of(w.state.wanted, [](bool wanted) { return wanted; })) return ModelOutcome::none;
  compute_features(moment, w.input);
  LoopProducts loops;
  const ModelInput* one = &w.input;
  forward(model_.weights, std::span{&one, 1}, loops, w.state);
  for (std::size_t r = 0; r < kResources; ++r) {
    if (!w.state.wanted[r]) continue;
    w.forecasts[r] = mixture_forecast(w.state.mixtures[r], w.input.bound[r], moment.kernel.forecasts[r],
                                      votes[r], w.choices[r]);
    if (!is_usable(w.forecasts[r])) return ModelOutcome::unusable;
    w.forecasts[r].jobs = moment.kernel.forecasts[r].jobs;
  }
  return ModelOutcome::answered;
}

void ServingNetwork::warm_up() const {
  std::array<Loan, kWorkspaces> all;  // at once, so that each is another one
  std::ranges::generate(all, [&] { return borrow(); });
  for (const Loan& w : all) {
    if (!w) continue;
    w->state.wanted = model_.serves;
    w->input = model_.golden.front().input;
    LoopProducts loops;
    const ModelInput* one = &w->input;
    forward(model_.weights, std::span{&one, 1}, loops, w->state);
  }
}

ModelOutcome improve(const ServedModel& served, const JobMoment& moment, const KernelVotes& votes,
                     Prediction& prediction, BlendLesson& lesson) {
  const auto work = served.network->borrow();
  if (!work) return ModelOutcome::busy;
  const ModelOutcome word = served.network->forecast(moment, votes, *work);
  if (word != ModelOutcome::answered) return word;
  std::array<Forecast, kResources> mixed = prediction.forecasts;
  for (std::size_t r = 0; r < kResources; ++r) {
    const Forecast& network = work->forecasts[r];
    if (!network.known()) continue;
    const BlendTable& blend = served.blends[r];
    mixed[r] = mix(blend.leads_of(moment.job.uid), case_of(work->input, r), prediction.forecasts[r], network,
                   work->choices[r]);
    if (!is_usable(mixed[r])) return ModelOutcome::unusable;
  }
  constexpr auto kRunTime = static_cast<std::size_t>(Resource::run_time);
  lesson = work->forecasts[kRunTime].known()
               ? lesson_of(prediction.forecasts[kRunTime], work->forecasts[kRunTime], work->choices[kRunTime],
                           case_of(work->input, kRunTime))
               : BlendLesson{};
  prediction.forecasts = mixed;
  prediction.model = served.network->model().checksum;
  return word;
}

}  // namespace foreshape
