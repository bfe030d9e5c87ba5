// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/model/arrival/arrival_model.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <span>

#include "predictor/model/features/feature_name_hash.h"

namespace foreshape {
namespace {

constexpr float kTolerance = 0.01F;
// Far beyond what training or any feature makes.
constexpr float kMaxWeight = 1e4F, kMaxInput = 1e4F;

tl::unexpected<Error> wrong(std::string what) {
  return failure(ErrorCode::invalid_input, "arrivals: " + std::move(what));
}

bool all_within(std::span<const float> numbers, float most) {
  return std::ranges::all_of(numbers, [&](float x) { return std::isfinite(x) && std::abs(x) <= most; });
}

bool all_probabilities(std::span<const float> numbers) {
  return std::ranges::all_of(numbers, [](float p) { return p >= 0 && p <= 1; });
}

bool is_sane(const ArrivalGolden& pair) {
  const ArrivalInput& in = pair.input;
  return in.shapes <= kShapes && all_within(in.x, kMaxInput) && all_within(in.prior, kMaxInput) &&
         all_within(std::span{in.rows}.first(in.shapes * kShapeFeatures), kMaxInput) &&
         all_probabilities(pair.forecast.hazards) && all_probabilities(pair.forecast.shapes) &&
         all_probabilities(pair.forecast.latency);
}

ArrivalForecast run(const ArrivalModel& model, const ArrivalInput& input) {
  ArrivalState state{model.hidden, 1, false};
  LoopProducts loops;
  const ArrivalInput* one = &input;
  forward(model.weights, std::span{&one, 1}, loops, state);
  return state.forecasts[0];
}

bool alike(std::span<const float> a, std::span<const float> b) {
  // NaN compares as false.
  return std::ranges::equal(a, b, [](float x, float y) { return std::abs(x - y) <= kTolerance; });
}

}  // namespace

Result<void> check(const ArrivalModel& model) {
  if (model.hidden < 1 || model.hidden > ArrivalModel::kMaxHidden)
    return wrong(fmt::format("hidden: {} is out of bounds", model.hidden));
  const ArrivalLayout layout{model.hidden};
  if (model.weights.size() != layout.total)
    return wrong(fmt::format("weights: {}, but its size needs {}", model.weights.size(), layout.total));
  for (const WeightBlock* block : layout.blocks())
    if (!all_within(std::span{model.weights}.subspan(block->offset, block->size()), kMaxWeight))
      return wrong(
          fmt::format("weights: {} contains a value that is not finite or is too large", block->name));
  if (model.golden.size() > ArrivalModel::kMaxGolden) return wrong("golden: too many pairs");
  if (!std::ranges::all_of(model.golden, is_sane))
    return wrong("golden: a pair contains a value that is not finite or out of bounds");
  return {};
}

ArrivalGolden golden_pair(const ArrivalModel& model, const ArrivalInput& input) {
  return {input, run(model, input)};
}

Result<void> verify(const ArrivalModel& model) {
  if (auto fine = check(model); !fine) return fine;
  if (model.golden.empty()) return wrong("golden: no pair to verify it with");
  for (std::size_t i = 0; i < model.golden.size(); ++i) {
    const ArrivalForecast here = run(model, model.golden[i].input), &there = model.golden[i].forecast;
    if (!alike(here.hazards, there.hazards) || !alike(here.shapes, there.shapes) ||
        !alike(here.latency, there.latency))
      return failure(ErrorCode::corrupt,
                     fmt::format("arrivals: golden: pair {} gives a different result here", i));
  }
  return {};
}

std::uint64_t arrival_features_hash() {
  constexpr std::uint64_t kHash = [] {
    Fnv hash;
    hash.add(kArrivalFeaturesVersion);
    add_names<ArrivalFeature>(hash, std::make_index_sequence<kArrivalFeatures>{});
    add_names<ShapeFeature>(hash, std::make_index_sequence<kShapeFeatures>{});
    hash.add(kArrivalBins);
    hash.add(kShapes);
    return hash.value();
  }();
  return kHash;
}

}  // namespace foreshape
