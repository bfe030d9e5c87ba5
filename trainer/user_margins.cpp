// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/user_margins.h"

#include <cmath>

namespace foreshape {
namespace {

constexpr double kStandardErrors = 2;
// Forecasts are floats: a limit need not survive the rounding.
constexpr double kRounding = 1 - 1e-5;

bool is_too_small(double jobs, double above, double level) {
  const double allowed = 1 - level;
  return above > allowed * jobs + kStandardErrors * std::sqrt(jobs * allowed * level);
}

}  // namespace

void UserMargins::add(UserId uid, const Forecast& forecast, double run_s,
                      std::optional<std::int64_t> limit_s) {
  OfUser& user = users_[uid];
  for (std::size_t i = 0; i < kMarginLevels.size(); ++i) {
    const auto quantile = static_cast<double>(forecast.quantiles[kMarginLevels[i]]);
    const std::uint32_t above = run_s * kRounding > quantile ? 1 : 0;
    const auto count = [&](Tally& tally) {
      ++tally.jobs;
      tally.above += above;
    };
    count(user.all[i]);
    if (!limit_s || quantile < static_cast<double>(*limit_s) * kRounding) count(user.below_limit[i]);
  }
}

MarginCounts UserMargins::counts() const {
  MarginCounts out;
  for (const auto& [uid, user] : users_)
    for (std::size_t i = 0; i < kMarginLevels.size(); ++i) {
      const auto judge = [level = static_cast<double>(kQuantileLevels[kMarginLevels[i]])](
                             const Tally& tally, UsersTooSmall& users) {
        if (tally.jobs < kJobsToTell) return;
        ++users.users;
        if (is_too_small(tally.jobs, tally.above, level)) ++users.too_small;
      };
      judge(user.all[i], out.all[i]);
      judge(user.below_limit[i], out.below_limit[i]);
    }
  return out;
}

}  // namespace foreshape
