// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/policy.h"

#include <algorithm>
#include <array>
#include <utility>

namespace foreshape {
namespace {

constexpr std::array<std::pair<std::string_view, Source>, 6> kSources = {{
    {"requested", Source::requested},
    {"last2", Source::last2},
    {"similar", Source::similar},
    {"kernel", Source::kernel},
    {"model", Source::model},
    {"clairvoyant", Source::clairvoyant},
}};

constexpr std::array<std::pair<std::string_view, Correction>, 3> kCorrections = {{
    {"requested", Correction::requested},
    {"incremental", Correction::incremental},
    {"next-quantile", Correction::next_quantile},
}};

constexpr std::array<std::pair<std::string_view, HoldForecast>, 4> kHolds = {{
    {"+hold", HoldForecast::arrivals},
    {"+hold-fixed", HoldForecast::fixed},
    {"+hold-by-hour", HoldForecast::by_hour},
    {"+hold-clairvoyant", HoldForecast::clairvoyant},
}};

/// Those that imitate Slurm's scheduler.
void add_slurm_policies(std::vector<SchedulingPolicy>& all) {
  const auto add_slurm = [&](const char* name, Order order) -> SchedulingPolicy& {
    SchedulingPolicy& p = all.emplace_back();
    p.name = name;
    p.backfill = Backfill::slurm;
    p.order = order;
    if (order == Order::arrival) return p;
    p.source = Source::kernel;
    p.plan_requested = true;  // time limits are untouched
    p.renew_s = 300;
    p.slurm.reserve_overdue_only = true;
    p.slurm.window_s = std::int64_t{100} * 86'400;  // at least the longest limit
    p.slurm.jobs_max = 5'000;
    return p;
  };
  add_slurm("slurm", Order::arrival);
  SchedulingPolicy& slurm_key = add_slurm("slurm-key", Order::static_key);
  slurm_key.static_key = order_policy(OrderForm::log);
  slurm_key.static_key.width_discount = 0;
  add_slurm("slurm-key-wide", Order::static_key).static_key = order_policy(OrderForm::log);
  add_slurm("slurm-order", Order::static_key).static_key = order_policy(OrderForm::log_squared);
  SchedulingPolicy& trial = add_slurm("slurm-order-trial", Order::static_key);
  trial.static_key = order_policy(OrderForm::log_squared);
  trial.trial = TrialPolicy{};
}

std::vector<SchedulingPolicy> known_policies() {
  std::vector<SchedulingPolicy> all;
  const auto add = [&](const char* name) -> SchedulingPolicy& {
    SchedulingPolicy p;
    p.name = name;
    all.push_back(p);
    return all.back();
  };
  add("easy");
  add("easy-sjbf").order = Order::shortest_first;
  SchedulingPolicy& plus = add("easy++");
  plus.order = Order::shortest_first;
  plus.source = Source::last2;
  plus.correction = Correction::incremental;
  add("conservative").backfill = Backfill::conservative;
  SchedulingPolicy& whole = add("whole-queue");
  whole.order = Order::slowdown;
  whole.source = Source::similar;
  whole.promise_slack_s = std::int64_t{12} * 3'600;
  whole.renew_s = 300;  // as good as at once, and bounded where one user has thousands waiting
  SchedulingPolicy& key = add("static-key");
  key.order = Order::static_key;
  key.source = Source::similar;
  key.static_key = order_policy(OrderForm::log);
  key.static_key.width_discount = 0;
  SchedulingPolicy& wide = add("static-key-wide");
  wide.order = Order::static_key;
  wide.source = Source::similar;
  wide.static_key = order_policy(OrderForm::log);
  add_slurm_policies(all);
  return all;
}

}  // namespace

std::vector<std::string_view> policy_names() {
  static const std::vector<SchedulingPolicy> all = known_policies();
  std::vector<std::string_view> names;
  names.reserve(all.size());
  for (const SchedulingPolicy& p : all) names.push_back(p.name);
  return names;
}

std::vector<std::string_view> hold_names() {
  std::vector<std::string_view> names;
  names.reserve(kHolds.size());
  for (const auto& [name, forecast] : kHolds) names.push_back(name);
  return names;
}

std::optional<SchedulingPolicy> find_policy(std::string_view name) {
  const std::size_t plus = name.find("+hold");
  const std::string_view hold = plus != std::string_view::npos ? name.substr(plus) : "";
  for (SchedulingPolicy& p : known_policies()) {
    if (p.name != name.substr(0, plus)) continue;
    if (hold.empty()) return p;
    const auto* const known =
        std::ranges::find(kHolds, hold, &std::pair<std::string_view, HoldForecast>::first);
    if (known == kHolds.end() || p.backfill != Backfill::slurm) return std::nullopt;
    p.name = name;
    p.hold = HoldingPolicy{};
    p.hold->forecast = known->second;
    p.hold->rules.users = {HoldPolicy::kEverybody};
    return p;
  }
  return std::nullopt;
}

std::optional<Correction> find_correction(std::string_view name) {
  for (const auto& [known, value] : kCorrections)
    if (known == name) return value;
  return std::nullopt;
}

std::string_view source_name(Source source) {
  for (const auto& [name, value] : kSources)
    if (value == source) return name;
  return "";
}

std::optional<Source> find_source(std::string_view name) {
  for (const auto& [known, value] : kSources)
    if (known == name) return value;
  return std::nullopt;
}

}  // namespace foreshape
