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

ModelWord ServingNetwork::forecast(const JobMoment& moment, const KernelVotes& votes, Workspace& w) const {
  w.forecasts = {};
  for (std::size_t r = 0; r < kResources; ++r)
    w.state.wanted[r] = model_.serves[r] && moment.kernel.forecasts[r].known();
  if (std::ranges::none_of(w.state.wanted, [](bool wanted) { return wanted; })) return ModelWord::none;
  compute_features(moment, w.input);
  LoopProducts loops;
  const ModelInput* one = &w.input;
  forward(model_.weights, std::span{&one, 1}, loops, w.state);
  for (std::size_t r = 0; r < kResources; ++r) {
    if (!w.state.wanted[r]) continue;
    w.forecasts[r] = mixture_forecast(w.state.mixtures[r], w.input.bound[r], moment.kernel.forecasts[r],
                                      votes[r], w.choices[r]);
    if (!is_usable(w.forecasts[r])) return ModelWord::unusable;
    w.forecasts[r].jobs = moment.kernel.forecasts[r].jobs;
  }
  return ModelWord::said;
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

ModelWord improve(const ServedModel& served, const JobMoment& moment, const KernelVotes& votes,
                  Prediction& prediction, GateLesson& lesson) {
  const auto work = served.network->borrow();
  if (!work) return ModelWord::busy;
  const ModelWord word = served.network->forecast(moment, votes, *work);
  if (word != ModelWord::said) return word;
  std::array<Forecast, kResources> mixed = prediction.forecasts;
  for (std::size_t r = 0; r < kResources; ++r) {
    const Forecast& network = work->forecasts[r];
    if (!network.known()) continue;
    const GateTable& gate = served.gates[r];
    mixed[r] =
        mix(gate.of(moment.job.uid), gate.everybody, prediction.forecasts[r], network, work->choices[r]);
    if (!is_usable(mixed[r])) return ModelWord::unusable;
  }
  constexpr auto kRunTime = static_cast<std::size_t>(Resource::run_time);
  lesson = work->forecasts[kRunTime].known()
               ? lesson_of(prediction.forecasts[kRunTime], work->forecasts[kRunTime], work->choices[kRunTime],
                           evidence_of(work->input))
               : GateLesson{};
  prediction.forecasts = mixed;
  prediction.model = served.network->model().checksum;
  return word;
}

}  // namespace foreshape
