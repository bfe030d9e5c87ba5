// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/model/model.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <functional>
#include <span>

#include "predictor/base/fast_math.h"
#include "predictor/model/network/network.h"

namespace foreshape {
namespace {

using Bounds = ModelBounds;

constexpr float kLevelTolerance = 0.01F;  // of the distribution function
constexpr float kShiftTolerance = 0.01F;  // of ln quantile: it is found to 1e-3
// Far beyond what any feature or logarithm can be: a number that is not from training.
constexpr float kMaxWeight = 1e4F, kMaxInput = 1e4F;

tl::unexpected<Error> wrong(std::string what) { return failure(ErrorCode::invalid_input, std::move(what)); }

bool all_within(std::span<const float> numbers, float most) {
  return std::ranges::all_of(numbers, [&](float x) { return std::isfinite(x) && std::abs(x) <= most; });
}

Result<void> check_network(const Model& model) {
  const auto within = [](std::uint32_t n, std::uint32_t most) { return n >= 1 && n <= most; };
  const NetworkSizes& s = model.sizes;
  if (!within(s.hidden, Bounds::kHidden)) return wrong(fmt::format("hidden: {} is out of bounds", s.hidden));
  if (!within(s.pair_hidden, Bounds::kPairHidden))
    return wrong(fmt::format("pair_hidden: {} is out of bounds", s.pair_hidden));
  if (!within(s.embedding, Bounds::kEmbedding))
    return wrong(fmt::format("embedding: {} is out of bounds", s.embedding));
  if (s.identity_buckets < 2 || s.identity_buckets > Bounds::kBuckets)
    return wrong(fmt::format("identity_buckets: {} is out of bounds", s.identity_buckets));
  const NetworkLayout layout{s};
  if (layout.total > Bounds::kWeights) return wrong(fmt::format("weights: {} are too many", layout.total));
  if (model.weights.size() != layout.total)
    return wrong(fmt::format("weights: {}, but its sizes need {}", model.weights.size(), layout.total));
  for (const WeightBlock* block : layout.blocks())
    if (!all_within(std::span{model.weights}.subspan(block->offset, block->size()), kMaxWeight))
      return wrong(
          fmt::format("weights: {} contains a value that is not finite or is too large", block->name));
  if (std::ranges::none_of(model.serves, std::identity{})) return wrong("serves: no resource");
  return {};
}

Result<void> check_blends(const Model& model) {
  for (std::size_t r = 0; r < kResources; ++r) {
    if (!model.serves[r] && model.blends[r] != BlendTable{})
      return wrong(fmt::format("blends: one for resource {}, which is not served", r));
    if (auto fine = check_blend(model.blends[r]); !fine) return fine;
  }
  return {};
}

Result<void> check_card(const ModelCard& card) {
  if (card.revision.size() > Bounds::kTextBytes || card.input.size() > Bounds::kTextBytes)
    return wrong("card: a text is too long");
  if (card.metrics.size() > Bounds::kMetrics) return wrong("card: too many metrics");
  for (const ModelMetric& metric : card.metrics) {
    if (metric.predictor.size() > Bounds::kNameBytes || metric.name.size() > Bounds::kNameBytes)
      return wrong("card: a metric's name is too long");
    if (!std::isfinite(metric.value)) return wrong("card: a metric's value is not a finite number");
  }
  return {};
}

bool is_sane(const GoldenPair& pair) {
  const ModelInput& in = pair.input;
  if (in.candidates > kPointed) return false;
  const auto rows = [&](const auto& numbers, std::size_t columns) {
    return std::span{numbers}.first(in.candidates * columns);
  };
  const bool known = std::ranges::all_of(rows(in.known, kResources), [](std::uint8_t k) { return k <= 1; });
  const bool inputs = all_within(in.job, kMaxInput) && all_within(rows(in.pairs, kPairFeatures), kMaxInput) &&
                      all_within(rows(in.values, kResources), kMaxInput) && all_within(in.bound, kMaxInput) &&
                      all_within(in.reference, kMaxInput);
  return known && inputs && std::ranges::all_of(pair.quantiles, [](const auto& levels) {
           return std::ranges::all_of(levels, [](float q) { return std::isfinite(q) && q >= 0; });
         });
}

/// The network's word on one input.
NetworkState run(const Model& model, const ModelInput& input) {
  NetworkState state{model.sizes, 1, false};
  state.wanted = model.serves;
  LoopProducts loops;
  const ModelInput* one = &input;
  forward(model.weights, std::span{&one, 1}, loops, state);
  return state;
}

Result<void> compare(const Mixture& here, const GoldenPair& pair, std::size_t r, std::size_t number) {
  for (std::size_t i = 0; i < kQuantileLevels.size(); ++i) {
    const float y = fast_log(std::max(pair.quantiles[r][i], 1e-30F));
    const float level = kQuantileLevels[i];
    const bool at_bound = y + kShiftTolerance >= pair.input.bound[r];
    const float below = mixture_cdf(here, y - kShiftTolerance) - kLevelTolerance;
    const float above = at_bound ? 1 : mixture_cdf(here, y + kShiftTolerance) + kLevelTolerance;
    // Not a finite number compares as false.
    if (!(below <= level && level <= above))
      return failure(
          ErrorCode::corrupt,
          fmt::format(
              "golden: pair {}, resource {}: where {} of the probability mass was, this machine finds {:.3f}",
              number, r, level, mixture_cdf(here, y)));
  }
  return {};
}

}  // namespace

Result<void> check(const Model& model) {
  if (auto fine = check_network(model); !fine) return fine;
  if (auto fine = check_blends(model); !fine) return fine;
  if (auto fine = check_card(model.card); !fine) return fine;
  if (model.golden.size() > Bounds::kGolden) return wrong("golden: too many pairs");
  if (!std::ranges::all_of(model.golden, [](const GoldenPair& pair) { return is_sane(pair); }))
    return wrong("golden: a pair contains a value that is not finite or out of bounds");
  return model.arrivals ? check(*model.arrivals) : Result<void>{};
}

GoldenPair golden_pair(const Model& model, const ModelInput& input) {
  GoldenPair pair;
  pair.input = input;
  const NetworkState state = run(model, input);
  for (std::size_t r = 0; r < kResources; ++r)
    if (model.serves[r]) pair.quantiles[r] = mixture_forecast(state.mixtures[r], input.bound[r]).quantiles;
  return pair;
}

Result<void> verify(const Model& model) {
  if (auto fine = check(model); !fine) return fine;
  if (model.golden.empty()) return wrong("golden: no pair to verify it with");
  for (std::size_t number = 0; number < model.golden.size(); ++number) {
    const GoldenPair& pair = model.golden[number];
    const NetworkState state = run(model, pair.input);
    for (std::size_t r = 0; r < kResources; ++r)
      if (model.serves[r])
        if (auto fine = compare(state.mixtures[r], pair, r, number); !fine) return fine;
  }
  return model.arrivals ? verify(*model.arrivals) : Result<void>{};
}

}  // namespace foreshape
