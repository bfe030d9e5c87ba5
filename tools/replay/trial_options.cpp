// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/replay/trial_options.h"

#include "tools/replay/option_range.h"

namespace foreshape {
namespace {

constexpr std::int64_t kMaxTrial_s = 86'400;

}  // namespace

void add_trial_options(po::options_description& options) {
  const TrialPolicy usual;
  const OptionRow rows[] = {
      {"trial-length", number_value<std::int64_t>("SECONDS", usual.length_s),
       "how long a job is tried, for the policies with trial starts"},
      {"trial-start-cost", number_value<std::int64_t>("SECONDS", usual.start_cost_s),
       "how much longer one that must be requeued has its processors"},
      {"trial-chance", number_value<double>("SHARE", usual.chance_min),
       "try jobs whose predicted chance of running less than 10 minutes is at least this"},
      {"trial-consent", number_value<double>("SHARE", usual.consent),
       "share of the users who agree to trials, drawn anew in each run"},
      {"trial-user-day", number_value<std::uint32_t>("N", usual.user_day_max),
       "trials of one user in a day at most"},
  };
  add_options(options, rows);
}

Result<TrialPolicy> trial_policy_of(const ParsedOptions& parsed) {
  TrialPolicy trial;
  trial.length_s = parsed.values["trial-length"].as<std::int64_t>();
  trial.start_cost_s = parsed.values["trial-start-cost"].as<std::int64_t>();
  trial.chance_min = parsed.values["trial-chance"].as<double>();
  trial.consent = parsed.values["trial-consent"].as<double>();
  trial.user_day_max = parsed.values["trial-user-day"].as<std::uint32_t>();
  for (const std::string& wrong :
       {out_of_range<std::int64_t>("trial-length", trial.length_s, 1, kMaxTrial_s),
        out_of_range<std::int64_t>("trial-start-cost", trial.start_cost_s, 0, kMaxTrial_s),
        out_of_range("trial-chance", trial.chance_min, 0.0, 1.0),
        out_of_range("trial-consent", trial.consent, 0.0, 1.0)})
    if (!wrong.empty()) return failure(ErrorCode::invalid_input, wrong);
  return trial;
}

}  // namespace foreshape
