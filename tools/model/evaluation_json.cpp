// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/model/evaluation_json.h"

#include <algorithm>
#include <fmt/format.h>

#include "predictor/base/names.h"
#include "tools/model/margin_report.h"

namespace foreshape {
namespace {

nlohmann::json json_of(const Score& score) {
  // What was measured on no job is not 0, it is not known.
  const auto known = [&](double figure) { return score.jobs() > 0 ? nlohmann::json(figure) : nullptr; };
  nlohmann::json json = {{"jobs", score.jobs()}, {"accuracy", known(score.accuracy())}};
  for (std::size_t i = 0; i < kQuantileLevels.size(); ++i) {
    const std::string level = fmt::format("{:02.0f}", kQuantileLevels[i] * 100);
    json["pinball" + level] = known(score.pinball_loss(i));
    json["coverage" + level] = known(score.coverage(i));
  }
  return json;
}

nlohmann::json json_of(const MarginCounts& counts) {
  nlohmann::json json;
  const auto of = [](const UsersTooSmall& users) {
    return nlohmann::json{{"users", users.users}, {"too_small", users.too_small}};
  };
  for (std::size_t i = 0; i < kMarginLevels.size(); ++i) {
    const std::string level = fmt::format("q{:02.0f}", kQuantileLevels[kMarginLevels[i]] * 100);
    json[level] = {{"all", of(counts.all[i])}, {"below_limit", of(counts.below_limit[i])}};
  }
  return json;
}

}  // namespace

bool model_ran(const Evaluation& evaluation, std::span<const Evaluated> predictors) {
  return evaluation.refits > 0 && std::ranges::find(predictors, Evaluated::model) != predictors.end();
}

bool has_quantiles(Evaluated predictor) {
  return predictor != Evaluated::requested && predictor != Evaluated::last2;
}

nlohmann::json evaluation_json(const std::string& trace, const Evaluation& evaluation,
                               std::span<const Evaluated> predictors) {
  nlohmann::json json = {
      {"trace", trace},
      {"jobs", evaluation.jobs},
      {"judged", evaluation.judged},
      {"refits", evaluation.refits},
      {"users", evaluation.users},
      {"users_worse", model_ran(evaluation, predictors) ? nlohmann::json(evaluation.users_worse) : nullptr},
      {"train_s", evaluation.train_s},
      {"predict_s", evaluation.predict_s}};
  if (!evaluation.margin_results.empty()) json["margin_methods"] = margin_json(evaluation.margin_results);
  for (const Evaluated p : predictors) {
    const std::string name{name_of(p)};
    if (has_quantiles(p)) json["margins"][name] = json_of(evaluation.margins[static_cast<std::size_t>(p)]);
    for (std::size_t g = 0; g < kJobGroups; ++g)
      json["run_time"][name][std::string(name_of(static_cast<JobGroup>(g)))] =
          json_of(evaluation.of(p, static_cast<JobGroup>(g)));
    for (std::size_t r = 1; r < kResources; ++r)
      if (const Score& score = evaluation.used_of(p, static_cast<Resource>(r)); score.jobs() > 0) {
        const std::string resource{kResourceNames.of(static_cast<Resource>(r))};
        json[resource][name] = json_of(score);
        json["unprecedented"][resource][name] =
            json_of(evaluation.unprecedented_used[static_cast<std::size_t>(p)][r]);
      }
  }
  return json;
}

}  // namespace foreshape
