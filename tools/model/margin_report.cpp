// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/model/margin_report.h"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "predictor/base/names.h"

namespace foreshape {
namespace {

bool is_empty(const MarginResults& trial) { return trial.of.front().jobs == 0; }

/// Of what was requested beyond what was used, the share that was not planned.
double removed(const MarginResult& result) {
  const double over = result.requested - result.used;
  return over > 0 ? 1 - (result.planned - result.used) / over : 0;
}

nlohmann::json json_of(const MarginResult& result) {
  return {{"jobs", result.jobs},
          {"too_small", result.rate()},
          {"users", result.users},
          {"users_too_small", result.users_too_small},
          {"planned_over_used", result.planned / result.used},
          {"with_retries_over_used", result.with_retries / result.used},
          {"requested_over_used", result.requested / result.used},
          {"removed", removed(result)}};
}

std::string row_of(MarginMethod method, const MarginResult& result) {
  return fmt::format("  {:<15} {:>9.4f} {:>6} of {:<6} {:>12.3f} {:>12.3f} {:>12.3f} {:>9.3f}\n",
                     name_of(method), result.rate(), result.users - result.users_too_small, result.users,
                     result.planned / result.used, result.with_retries / result.used,
                     result.requested / result.used, removed(result));
}

}  // namespace

nlohmann::json margin_json(std::span<const MarginResults> trials) {
  nlohmann::json json = nlohmann::json::array();
  for (const MarginResults& trial : trials) {
    if (is_empty(trial)) continue;
    nlohmann::json of = {{"resource", kResourceNames.of(trial.resource)}, {"rate", trial.rate}};
    for (std::size_t m = 0; m < kMarginMethods; ++m)
      of["methods"][std::string(name_of(static_cast<MarginMethod>(m)))] = json_of(trial.of[m]);
    json.push_back(std::move(of));
  }
  return json;
}

std::string margin_table(std::span<const MarginResults> trials) {
  std::string table;
  for (const MarginResults& trial : trials) {
    if (is_empty(trial)) continue;
    table += fmt::format("  margins of {}, too small for {:g} % of {} jobs wanted (x: of what was used):\n",
                         kResourceNames.of(trial.resource), 100 * trial.rate, trial.of.front().jobs);
    table += fmt::format("  {:<15} {:>9} {:>16} {:>12} {:>12} {:>12} {:>9}\n", "method", "too small",
                         "users within", "planned x", "+ retries x", "requested x", "removed");
    for (std::size_t m = 0; m < kMarginMethods; ++m)
      table += row_of(static_cast<MarginMethod>(m), trial.of[m]);
  }
  return table;
}

}  // namespace foreshape
