// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/replay/site_policies.h"

#include <algorithm>
#include <fmt/format.h>

#include "replay/slurm_parameters.h"

namespace foreshape {
namespace {

/// What docs/order.md says is enough for most sites.
constexpr std::uint32_t kJobsTested = 1'000;

/// What docs/order.md recommends that fair-share be worth at most, beside the order.
constexpr double kFairShareWorth_s = 3 * 86'400.0;

AgeFactor age_of(const SiteSettings& settings) {
  AgeFactor age;
  if (settings.priority_type == "priority/basic" || settings.weight_age <= 0 || settings.max_age_s <= 0)
    return age;
  age.max_age_s = settings.max_age_s;
  age.points_per_minute =
      static_cast<double>(settings.weight_age) * 60.0 / static_cast<double>(settings.max_age_s);
  return age;
}

/// Where waiting is worth nothing fair-share decides alone, and where usage does not decay it stays: as good as for ever.
constexpr std::int64_t kEver_s = 36'500 * std::int64_t{86'400};

/// nullopt: it has no part in the site's priorities. worth_s: of its whole weight, as waiting.
std::optional<FairSharePolicy> fair_share_of(const SiteSettings& settings, double worth_s) {
  if (settings.priority_type == "priority/basic" || settings.weight_fair_share <= 0) return std::nullopt;
  FairSharePolicy policy;
  policy.weight_s = worth_s;
  policy.half_life_s = settings.decay_half_life_s > 0 ? settings.decay_half_life_s : kEver_s;
  if (settings.priority_calc_period_s > 0) policy.calc_period_s = settings.priority_calc_period_s;
  policy.fair_tree = settings.fair_tree;
  policy.by_account = true;
  return policy;
}

double present_worth_s(const SiteSettings& settings) {
  if (settings.weight_age <= 0) return static_cast<double>(kEver_s);
  return static_cast<double>(settings.weight_fair_share) * 60.0 / age_of(settings).points_per_minute;
}

SchedulingPolicy present_policy(const SiteSettings& settings, const SlurmParameters& parameters) {
  SchedulingPolicy policy = find_policy("slurm").value_or(SchedulingPolicy{});
  policy.name = "Slurm as it is";
  policy.slurm = parameters.loop;
  // Points of bf_min_prio_reserve cannot be counted in hours where waiting is worth none.
  const bool ages = settings.weight_age > 0;
  follow_priorities(policy, ages ? parameters.min_prio_reserve : std::nullopt, age_of(settings));
  policy.fair_share = fair_share_of(settings, present_worth_s(settings));
  return policy;
}

SchedulingPolicy order_lever(std::string name, const OrderPolicy& order, const SiteSettings& settings,
                             const SlurmLoop& present) {
  SchedulingPolicy policy = find_policy("slurm-order").value_or(SchedulingPolicy{});
  policy.name = std::move(name);
  const double worth_s = present_worth_s(settings);
  policy.fair_share = fair_share_of(settings, std::min(worth_s, kFairShareWorth_s));
  if (policy.fair_share && worth_s > kFairShareWorth_s) policy.name += ", fair-share worth 3 days";
  policy.static_key = order;
  if (order.renew_s > 0)
    policy.renew_s = order.renew_s;
  else
    policy.renew_s.reset();
  const std::int64_t beyond_any_limit_s = policy.slurm.window_s;
  policy.slurm = present;
  policy.slurm.reserve_overdue_only = true;
  policy.slurm.max_age_s = SlurmLoop::kNoMaxAge;
  policy.slurm.jobs_max = std::max(present.jobs_max, kJobsTested);
  const bool limited = settings.unlimited_partitions.empty() && settings.longest_limit_s > 0;
  policy.slurm.window_s = std::max(present.window_s, limited ? settings.longest_limit_s : beyond_any_limit_s);
  return policy;
}

/// The present policy with holds: the plugin predicts for them, and leaves limits and priorities alone.
SchedulingPolicy hold_lever(std::string name, SchedulingPolicy policy, const HoldingPolicy& hold) {
  policy.name = std::move(name);
  if (policy.source == Source::requested) {
    policy.source = Source::kernel;
    policy.plan_requested = true;
  }
  policy.hold = hold;
  return policy;
}

}  // namespace

Result<SitePolicies> site_policies(const SiteSettings& settings, const std::optional<OrderPolicy>& order,
                                   const std::optional<HoldingPolicy>& hold) {
  const std::string& text = settings.scheduler_parameters;
  const auto parameters = parse_scheduler_parameters(text == "(null)" ? "" : text, SlurmLoop{});
  if (!parameters) {
    Error error = parameters.error();
    error.message = "SchedulerParameters, as scontrol shows them: " + error.message;
    return tl::make_unexpected(error);
  }
  SitePolicies policies;
  policies.ignored_options = parameters->ignored;
  policies.all.push_back(present_policy(settings, *parameters));
  const auto add = [&](std::string name, const OrderPolicy& form) {
    policies.all.push_back(order_lever(std::move(name), form, settings, parameters->loop));
  };
  const std::string as_in_conf = order ? " as in foreshape.conf" : "";
  const OrderPolicy first = order.value_or(order_policy(OrderForm::log));
  add("with Order=on" + as_in_conf, first);
  if (!order) add("with Order=on, OrderForm=log-squared", order_policy(OrderForm::log_squared));
  if (!hold) return policies;
  policies.all.push_back(
      hold_lever(fmt::format("with {}{}", kHoldOn, as_in_conf), policies.all.front(), *hold));
  add(fmt::format("with Order=on and {}{}", kHoldOn, as_in_conf), first);
  policies.all.back() = hold_lever(policies.all.back().name, policies.all.back(), *hold);
  return policies;
}

}  // namespace foreshape
