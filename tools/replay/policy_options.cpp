// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/replay/policy_options.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <span>
#include <utility>

#include "predictor/config/settings.h"
#include "predictor/config/units.h"
#include "predictor/model/model_file.h"
#include "replay/slurm_parameters.h"
#include "tools/cli/lists.h"
#include "tools/replay/hold_options.h"
#include "tools/replay/trial_options.h"

namespace foreshape {
namespace {

constexpr const char* kPredictors = "requested, last2, similar, kernel, model, clairvoyant";

/// "no policy 'esy'; did you mean 'easy'?", or all there are.
std::string no_such_word(const char* what, const std::string& word, std::span<const std::string_view> known) {
  const std::string begin = fmt::format("no {} '{}'; ", what, word.substr(0, 64));
  const std::string_view meant = nearest_name(word, known);
  if (!meant.empty()) return begin + fmt::format("did you mean '{}'?", meant);
  return begin + fmt::format("there are {}", fmt::join(known, ", "));
}

Result<SchedulingPolicy> policy_of(const std::string& word, const ParsedOptions& parsed) {
  const std::size_t colon = word.find(':');
  const std::string name = word.substr(0, colon);
  auto policy = find_policy(name);
  if (!policy) {
    const auto known = policy_names();
    return failure(ErrorCode::invalid_input, no_such_word("policy", name, known));
  }
  const std::string predictor =
      colon == std::string::npos ? parsed.text("predictor") : word.substr(colon + 1);
  if (!predictor.empty()) {
    const auto source = find_source(predictor);
    if (!source)
      return failure(ErrorCode::invalid_input,
                     fmt::format("no predictor '{}'; there are {}", predictor.substr(0, 64), kPredictors));
    policy->source = *source;
  }
  if (parsed.has("correction")) {
    const auto correction = find_correction(parsed.text("correction"));
    if (!correction)
      return failure(ErrorCode::invalid_input,
                     fmt::format("no correction '{}'; there are requested, incremental, next-quantile",
                                 parsed.text("correction").substr(0, 64)));
    policy->correction = *correction;
  }
  policy->kill_on_prediction = parsed.has("kill-on-prediction");
  return *policy;
}

Result<AgeFactor> age_factor_of(const ParsedOptions& parsed) {
  AgeFactor age;
  const bool weighted = parsed.has("priority-weight-age");
  if (weighted) age.max_age_s = std::int64_t{7} * 86'400;  // Slurm's default
  if (parsed.has("priority-max-age")) {
    const auto max_age = parse_duration(parsed.text("priority-max-age"), PlainNumber::minutes);
    if (!max_age || *max_age < 1)
      return failure(ErrorCode::invalid_input, "--priority-max-age: a time as Slurm takes it, as in 7-0");
    age.max_age_s = *max_age;
  }
  if (!weighted) return age;
  const auto weight = parsed.values["priority-weight-age"].as<std::uint32_t>();
  if (weight < 1) return failure(ErrorCode::invalid_input, "--priority-weight-age is below 1");
  age.points_per_minute = weight * 60.0 / static_cast<double>(age.max_age_s);
  return age;
}

/// nullopt without a weight: fair-share has no part then.
Result<std::optional<FairSharePolicy>> fair_share_of(const ParsedOptions& parsed, const AgeFactor& age) {
  if (!parsed.has("priority-weight-fairshare")) return std::nullopt;
  FairSharePolicy policy;
  policy.weight_s =
      parsed.values["priority-weight-fairshare"].as<std::uint32_t>() * 60 / age.points_per_minute;
  const auto half_life = parse_duration(parsed.text("priority-decay-half-life"), PlainNumber::minutes);
  if (!half_life || *half_life < 1)
    return failure(ErrorCode::invalid_input,
                   "--priority-decay-half-life: a time as Slurm takes it, above 0, as in 7-0");
  policy.half_life_s = *half_life;
  policy.fair_tree = !parsed.has("no-fair-tree");
  policy.by_account = parsed.has("fairshare-accounts");
  return policy;
}

std::optional<std::int64_t> renewal_of(const OrderPolicy& order) {
  return order.renew_s > 0 ? std::optional{order.renew_s} : std::nullopt;
}

/// What the site's own files say about the policies that imitate it.
Result<void> apply_site(const ParsedOptions& parsed, std::vector<SchedulingPolicy>& policies) {
  const auto age = age_factor_of(parsed);
  if (!age) return tl::make_unexpected(age.error());
  const auto fair_share = fair_share_of(parsed, *age);
  if (!fair_share) return tl::make_unexpected(fair_share.error());
  const auto trial = trial_policy_of(parsed);
  if (!trial) return tl::make_unexpected(trial.error());
  std::optional<Policy> site;
  if (parsed.has("conf")) {
    const auto settings = load_settings(parsed.text("conf"));
    if (!settings) return tl::make_unexpected(settings.error());
    site = settings->policy;
  }
  for (SchedulingPolicy& policy : policies) {
    if (site && policy.order == Order::static_key) {
      policy.static_key = site->order;
      if (policy.renew_s) policy.renew_s = renewal_of(site->order);
    }
    if (policy.hold)
      if (auto set = set_hold_options(parsed, site ? &site->hold : nullptr, *policy.hold); !set) return set;
    if (policy.backfill != Backfill::slurm) continue;
    const auto read = parse_scheduler_parameters(parsed.text("scheduler-parameters"), policy.slurm);
    if (!read) return tl::make_unexpected(about("--scheduler-parameters", read.error()));
    policy.slurm = read->loop;
    follow_priorities(policy, read->min_prio_reserve, *age);
    policy.fair_share = *fair_share;
    if (policy.trial) policy.trial = *trial;
  }
  return {};
}

Result<std::shared_ptr<const Model>> model_of(const ParsedOptions& parsed) {
  if (!parsed.has("model"))
    return failure(ErrorCode::invalid_input, "the predictor 'model' needs --model FILE");
  auto model = read_verified_model(parsed.text("model"));
  if (!model) return tl::make_unexpected(model.error());
  return std::make_shared<const Model>(std::move(*model));
}

}  // namespace

void add_policy_options(po::options_description& options) {
  std::string policies;
  for (const std::string_view name : policy_names())
    policies += (policies.empty() ? "" : ", ") + std::string(name);
  const OptionRow rows[] = {
      {"policy,p", text_value("LIST", "easy,easy-sjbf:last2"),
       fmt::format(
           "policies to compare, the first is the yardstick: {}; those of Slurm's scheduler also with "
           "processors held, as in slurm-key+hold: {}",
           policies, fmt::join(hold_names(), ", "))},
      {"predictor", text_value("NAME"),
       fmt::format("predictor for policies that name none: {}", kPredictors)},
      {"model", text_value("FILE"),
       "a trained model, for the predictor of that name; make it of jobs before --starttime"},
      {"correction", text_value("NAME"),
       "what is planned for a job that outran its prediction: requested, incremental, next-quantile"},
      {"kill-on-prediction", flag(), "cut every job at its prediction, to show what that would do"},
      {"scheduler-parameters", text_value("LIST"),
       "Slurm's SchedulerParameters, for the policies that imitate Slurm's scheduler"},
      {"priority-weight-age", number_value<std::uint32_t>("POINTS"),
       "PriorityWeightAge: what bf_min_prio_reserve is measured by (default: a point a minute)"},
      {"priority-max-age", text_value("TIME"),
       "PriorityMaxAge, as in 7-0 (default: 7-0 with --priority-weight-age, else waiting counts without "
       "end)"},
      {"priority-weight-fairshare", number_value<std::uint32_t>("POINTS"),
       "PriorityWeightFairshare: give the policies that imitate Slurm's scheduler fair-share between the "
       "trace's users (default: none)"},
      {"priority-decay-half-life", text_value("TIME", "7-0"), "PriorityDecayHalfLife, with fair-share"},
      {"no-fair-tree", flag(), "fair-share is not by rank (PriorityFlags=NO_FAIR_TREE)"},
      {"fairshare-accounts", flag(),
       "fair-share is between the trace's accounts (its groups), then between their users"},
      {"conf", text_value("FILE"),
       "take the Order settings of this foreshape.conf, for the policies with a static key, and its Hold "
       "settings but for the caps"},
  };
  add_options(options, rows);
  add_trial_options(options);
  add_hold_options(options);
}

Result<std::vector<SchedulingPolicy>> policies_of(const ParsedOptions& parsed) {
  std::vector<SchedulingPolicy> policies;
  for (const std::string& word : split_list(parsed.text("policy"))) {
    auto policy = policy_of(word, parsed);
    if (!policy) return tl::make_unexpected(policy.error());
    policies.push_back(std::move(*policy));
  }
  const auto needs_model = [](const SchedulingPolicy& p) { return p.source == Source::model; };
  if (std::any_of(policies.begin(), policies.end(), needs_model)) {
    const auto model = model_of(parsed);
    if (!model) return tl::make_unexpected(model.error());
    for (SchedulingPolicy& policy : policies) policy.model = *model;
  }
  if (policies.empty()) return failure(ErrorCode::invalid_input, "--policy names none");
  if (const auto applied = apply_site(parsed, policies); !applied)
    return tl::make_unexpected(applied.error());
  return policies;
}

}  // namespace foreshape
