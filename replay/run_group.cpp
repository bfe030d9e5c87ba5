// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/run_group.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace foreshape {

std::vector<RunGroup> grouped(const std::vector<ReplayRun>& runs) {
  std::vector<RunGroup> groups;
  for (const ReplayRun& run : runs) {
    const auto same = std::find_if(groups.begin(), groups.end(), [&](const RunGroup& g) {
      return g[0]->trace == run.trace && g[0]->policy == run.policy && g[0]->predictor == run.predictor;
    });
    if (same == groups.end())
      groups.push_back({&run});
    else
      same->push_back(&run);
  }
  return groups;
}

double mean(const RunGroup& group, const std::function<double(const ReplayRun&)>& figure) {
  double sum = 0;
  for (const ReplayRun* run : group) sum += figure(*run);
  return sum / static_cast<double>(group.size());
}

std::string label(const std::string& policy, const std::string& predictor) {
  return policy + ":" + predictor;
}

std::string hours_text(double seconds) {
  return std::isnan(seconds) ? "-" : fmt::format("{:.2f}", seconds / 3'600);
}

}  // namespace foreshape
