#include "predictor/model/served_model.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace foreshape {
namespace {

/// Gives a workspace back, whatever happens.
class Hold {
 public:
  explicit Hold(std::atomic_flag& taken) : taken_(taken) {}
  ~Hold() { taken_.clear(std::memory_order_release); }
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;

 private:
  std::atomic_flag& taken_;
};

bool is_usable(const Forecast& forecast) {
  const auto positive = [](float x) { return std::isfinite(x) && x > 0; };
  return std::ranges::all_of(forecast.quantiles, positive) && std::ranges::is_sorted(forecast.quantiles) &&
         positive(forecast.typical) && positive(forecast.mean);
}

}  // namespace

ServingNetwork::ServingNetwork(Model model) : model_(std::move(model)) {
  for (auto& workspace : workspaces_) workspace = std::make_unique<Workspace>(model_.sizes);
}

ModelWord ServingNetwork::forecast(const JobMoment& moment, const KernelVotes& votes,
                                   std::array<Forecast, kResources>& out,
                                   std::array<PointChoices, kResources>& choices, float& evidence) const {
  const auto is_free = [](const auto& w) { return !w->taken.test_and_set(std::memory_order_acquire); };
  const auto found = std::ranges::find_if(workspaces_, is_free);
  if (found == workspaces_.end()) return ModelWord::busy;
  Workspace& w = **found;
  const Hold hold{w.taken};
  for (std::size_t r = 0; r < kResources; ++r)
    w.state.wanted[r] = model_.serves[r] && moment.kernel.forecasts[r].known();
  if (std::ranges::none_of(w.state.wanted, [](bool wanted) { return wanted; })) return ModelWord::none;
  compute_features(moment, w.input);
  evidence = evidence_of(w.input);
  LoopProducts loops;
  const ModelInput* one = &w.input;
  forward(model_.weights, std::span{&one, 1}, loops, w.state);
  for (std::size_t r = 0; r < kResources; ++r) {
    if (!w.state.wanted[r]) continue;
    out[r] = mixture_forecast(w.state.mixtures[r], w.input.bound[r], moment.kernel.forecasts[r], votes[r],
                              choices[r]);
    if (!is_usable(out[r])) return ModelWord::unusable;
    out[r].jobs = moment.kernel.forecasts[r].jobs;
  }
  return ModelWord::said;
}

void ServingNetwork::warm_up() const {
  for (const auto& w : workspaces_) {
    if (w->taken.test_and_set(std::memory_order_acquire)) continue;
    const Hold hold{w->taken};
    w->state.wanted = model_.serves;
    w->input = model_.golden.front().input;
    LoopProducts loops;
    const ModelInput* one = &w->input;
    forward(model_.weights, std::span{&one, 1}, loops, w->state);
  }
}

ModelWord improve(const ServedModel& served, const JobMoment& moment, const KernelVotes& votes,
                  Prediction& prediction, GateLesson& lesson) {
  std::array<Forecast, kResources> network;
  std::array<PointChoices, kResources> choices;  // NOLINT(cppcoreguidelines-pro-type-member-init): as used
  const ModelWord word = served.network->forecast(moment, votes, network, choices, lesson.evidence);
  if (word != ModelWord::said) return word;
  std::array<Forecast, kResources> mixed = prediction.forecasts;
  for (std::size_t r = 0; r < kResources; ++r) {
    if (!network[r].known()) continue;
    const GateTable& gate = served.gates[r];
    mixed[r] = mix(gate.of(moment.job.uid), gate.everybody, prediction.forecasts[r], network[r], choices[r]);
    if (!is_usable(mixed[r])) return ModelWord::unusable;
  }
  constexpr auto kRunTime = static_cast<std::size_t>(Resource::run_time);
  lesson.kernel = prediction.forecasts[kRunTime];
  lesson.network = network[kRunTime];
  prediction.forecasts = mixed;
  prediction.model = served.network->model().checksum;
  return word;
}

}  // namespace foreshape
