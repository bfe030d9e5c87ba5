// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/site/order_checks.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "predictor/base/text.h"
#include "predictor/config/units.h"
#include "predictor/plan/order_key.h"
#include "tools/cli/lists.h"

namespace foreshape {
namespace {

constexpr std::int64_t kMinute = 60;

/// What fair-share may be worth: three days of waiting. Up to there the order keeps its gain on all public
/// logs; with a week, one user's bursts cost all others on one of them (docs/benchmarks/order-fair-share.md).
constexpr std::int64_t kFairShareWorth_min = 4'320;
/// A site may want more of it: the order still works beside a week.
constexpr std::int64_t kFairShareMost_min = 10'080;

std::int64_t minutes_up(std::int64_t seconds) { return (seconds + kMinute - 1) / kMinute; }

/// Points that waiting a minute is worth; 0 where it is worth nothing.
double slope(const SiteSettings& site) {
  return site.max_age_s <= 0
             ? 0
             : static_cast<double>(site.weight_age * kMinute) / static_cast<double>(site.max_age_s);
}

/// Points that it has to be worth: a minute must tell jobs apart, and fair-share must not outweigh it.
double wanted_slope(const SiteSettings& site) {
  const auto weight = static_cast<double>(site.weight_fair_share);
  const bool is_balanced = slope(site) >= weight / kFairShareMost_min * (1 - 1e-9);
  return is_balanced ? 1.0 : std::max(1.0, weight / kFairShareWorth_min);
}

/// The slope once the cure has been followed: a steeper one stays as it is.
double planned_slope(const SiteSettings& site) { return std::max(wanted_slope(site), slope(site)); }

/// Points of so many minutes' waiting, rounded up but for what is left of a fraction that has been divided.
std::int64_t points_up(double per_minute, double minutes) {
  return static_cast<std::int64_t>(std::ceil(per_minute * minutes - 1e-6));
}

Check judged(bool fine, std::string found, std::string cure) {
  return {fine ? Check::State::fine : Check::State::wrong, std::move(found), fine ? "" : std::move(cure)};
}

Check priority_type(const SiteSettings& site) {
  return judged(site.priority_type == "priority/multifactor", "PriorityType=" + site.priority_type,
                "set PriorityType=priority/multifactor: only there a job can carry its place in the order");
}

Check max_age(const SiteSettings& site, const OrderPolicy& order) {
  return judged(
      site.max_age_s >= order.max_offset_s, "PriorityMaxAge=" + format_duration(site.max_age_s),
      fmt::format("set PriorityMaxAge to at least {} (OrderMaxOffset), or jobs stop ageing before their turn",
                  format_duration(order.max_offset_s)));
}

Check age_slope(const SiteSettings& site, const OrderPolicy& order) {
  const std::int64_t age_min = minutes_up(std::max(site.max_age_s, order.max_offset_s));
  const double wanted = wanted_slope(site);
  const std::string what = wanted > 1 ? fmt::format("{:.3g} points", wanted) : std::string("one point");
  const char* why = wanted > 1 ? ": then PriorityWeightFairShare is worth three days of waiting" : "";
  return judged(slope(site) >= wanted * (1 - 1e-9),
                fmt::format("PriorityWeightAge={} ({:.3g} points a minute)", site.weight_age, slope(site)),
                fmt::format("set PriorityWeightAge={}, {} for each minute of PriorityMaxAge={}{}",
                            points_up(wanted, static_cast<double>(age_min)), what,
                            format_duration(age_min * kMinute), why));
}

/// The least bf_min_prio_reserve from which the largest offset can be taken.
std::int64_t wanted_threshold(const SiteSettings& site, const OrderPolicy& order) {
  return points_up(planned_slope(site),
                   static_cast<double>(order.max_offset_s) / static_cast<double>(kMinute));
}

Check prio_reserve(const SiteSettings& site, const OrderPolicy& order) {
  const std::int64_t wanted = wanted_threshold(site, order);
  const auto found = option_number(site.scheduler_parameters, "bf_min_prio_reserve");
  return judged(
      found.value_or(0) >= wanted,
      found ? fmt::format("bf_min_prio_reserve={}", *found) : "bf_min_prio_reserve is not set",
      fmt::format("add bf_min_prio_reserve={} to SchedulerParameters, so that only jobs that have waited "
                  "their offset reserve nodes",
                  wanted));
}

/// Hours of waiting that so many points are worth.
double hours(const SiteSettings& site, double points) { return points / slope(site) / 60; }

/// Jobs without a site factor (submitted while Foreshape was off) have the base alone. Two days
/// below the threshold is where a job of the median run time of the public logs, some ten minutes, stands.
/// The threshold is the one that will be once prio_reserve's cure has been followed.
Check base(const SiteSettings& site, const OrderPolicy& order) {
  constexpr double kAverage_min = 2 * 1'440, kHarmless_min = 3 * 1'440;
  const auto threshold = static_cast<double>(
      std::max(option_number(site.scheduler_parameters, "bf_min_prio_reserve").value_or(0),
               wanted_threshold(site, order)));
  const std::int64_t points = base_points(site.weight_partition, site.least_job_factor,
                                          site.largest_job_factor, site.norms_partition_factors);
  const double missing = threshold - static_cast<double>(points), per_minute = planned_slope(site);
  const bool fine =
      threshold <= kHarmless_min * per_minute || (missing > 0 && missing <= kHarmless_min * per_minute);
  return judged(
      fine, fmt::format("PriorityWeightPartition={}", site.weight_partition),
      fmt::format(
          "set PriorityWeightPartition={:.0f} (and PriorityJobFactor=1 on every partition), so that jobs "
          "without a site factor, submitted while Foreshape is off, stand where an average job does and "
          "reserve nodes after two days",
          std::max(threshold - kAverage_min * per_minute, 0.0)));
}

constexpr const char* kOverdueEarly =
    ", added to the order: a job with many of these points counts as overdue early";

/// A factor that outweighs the order: what to write instead, at the slope to come.
Check too_heavy(const SiteSettings& site, const OrderPolicy& order, const std::string& name, double points) {
  const double most = static_cast<double>(order.max_offset_s) / 3'600;
  const std::string worth =
      fmt::format("worth up to {:.0f} h of waiting, where Order moves a job by {:.0f} h at most",
                  hours(site, points), most);
  const std::string setting = fmt::format("{}={:.0f}", name, points);
  const std::int64_t lower = points_up(planned_slope(site), kFairShareWorth_min);
  if (equal_ignoring_case(name, "PriorityWeightFairShare"))
    return {
        Check::State::wrong, setting,
        fmt::format("{}: change PriorityWeightAge, PriorityWeightPartition and bf_min_prio_reserve together, "
                    "as said above, and it is worth 72 h",
                    worth)};
  // What a QOS or an account is for is the site's own decision.
  if (name == "PriorityWeightQOS" || name == "PriorityWeightAssoc")
    return {Check::State::note, setting,
            fmt::format("{}: right for jobs that are to go ahead of all others, otherwise set {}={}", worth,
                        name, lower)};
  return {Check::State::wrong, setting, fmt::format("{}: set {}={} or less", worth, name, lower)};
}

/// What another factor may add, in the hours of waiting that it is worth.
Check other_weight(const SiteSettings& site, const OrderPolicy& order, const std::string& setting) {
  const std::size_t equals = std::min(setting.find('='), setting.size());
  double points = 0;
  const std::string value = setting.substr(std::min(equals + 1, setting.size()));
  std::from_chars(value.data(), value.data() + value.size(), points);
  if (points <= 0 || slope(site) <= 0)
    return {Check::State::note, setting, std::string("points") + kOverdueEarly};
  const std::string name = setting.substr(0, equals);
  const double most = equal_ignoring_case(name, "PriorityWeightFairShare")
                          ? kFairShareMost_min / 60.0
                          : static_cast<double>(order.max_offset_s) / 3'600;
  if (hours(site, points) > most * (1 + 1e-9)) return too_heavy(site, order, name, points);
  return {Check::State::note, setting,
          fmt::format("worth up to {:.0f} h of waiting{}", hours(site, points), kOverdueEarly)};
}

Check backfill_window(const SiteSettings& site) {
  constexpr std::int64_t kSlurmDefaultMin = 1'440;
  const std::int64_t window =
      option_number(site.scheduler_parameters, "bf_window").value_or(kSlurmDefaultMin);
  const std::string found = fmt::format("bf_window={}", window);
  if (!site.partitions_known)
    return {Check::State::note, found, "must be at least the longest limit of any partition, in minutes"};
  if (!site.unlimited_partitions.empty())
    return {Check::State::note, found,
            fmt::format("no window is long enough for a partition without MaxTime: {}; give it one",
                        fmt::join(site.unlimited_partitions, ","))};
  const std::int64_t longest = minutes_up(site.longest_limit_s);
  return judged(
      window >= longest, found,
      fmt::format("set bf_window={} in SchedulerParameters, the longest limit of a partition, or long jobs "
                  "are never planned",
                  longest));
}

Check backfill_depth(const SiteSettings& site) {
  constexpr std::int64_t kSlurmDefault = 500, kMin = 500;
  const std::int64_t depth =
      option_number(site.scheduler_parameters, "bf_max_job_test").value_or(kSlurmDefault);
  return judged(
      depth >= kMin, fmt::format("bf_max_job_test={}", depth),
      fmt::format(
          "set bf_max_job_test={} in SchedulerParameters (5000 on large queues), or short jobs deep in "
          "the queue are never tried",
          kMin));
}

/// Once a minute the main scheduler goes through the whole queue, with Slurm's locks held. The first job of a
/// partition that may reserve and does not fit ends that partition's turn; where jobs that wait reserve
/// nothing yet nobody ends it.
Check main_depth(const SiteSettings& site) {
  constexpr std::int64_t kMax = 1'000, kWanted = 100;
  const auto depth = option_number(site.scheduler_parameters, "partition_job_depth").value_or(0);
  return judged(depth > 0 && depth <= kMax,
                depth > 0 ? fmt::format("partition_job_depth={}", depth) : "partition_job_depth is not set",
                fmt::format("set partition_job_depth={} in SchedulerParameters, or once a minute the main "
                            "scheduler tries every waiting job while slurmctld answers nobody, for a second "
                            "or two where 10,000 wait; backfill tries the others",
                            kWanted));
}

Check scheduler_type(const SiteSettings& site) {
  const bool fine = site.scheduler_type == "sched/backfill" || site.scheduler_type == "sched/foreshape";
  return judged(fine, "SchedulerType=" + site.scheduler_type, "set SchedulerType=sched/backfill");
}

Check submit_plugin(const SiteSettings& site) {
  const std::string& plugins = site.job_submit_plugins.value_or("");
  return judged(plugins.find("foreshape") != std::string::npos, "JobSubmitPlugins=" + plugins,
                "add foreshape to JobSubmitPlugins");
}

}  // namespace

std::vector<Check> order_checks(const SiteSettings& site, const OrderPolicy& order) {
  std::vector<Check> checks{priority_type(site),       age_slope(site, order), max_age(site, order),
                            prio_reserve(site, order), base(site, order),      backfill_window(site),
                            backfill_depth(site),      main_depth(site),       scheduler_type(site)};
  if (site.job_submit_plugins) checks.push_back(submit_plugin(site));
  for (const std::string& weight : site.other_weights) checks.push_back(other_weight(site, order, weight));
  return checks;
}

bool all_fine(const std::vector<Check>& checks) {
  return std::none_of(checks.begin(), checks.end(),
                      [](const Check& c) { return c.state == Check::State::wrong; });
}

std::string checks_text(const std::vector<Check>& checks) {
  std::string text;
  for (const Check& check : checks) {
    const char* word = check.state == Check::State::fine   ? "OK"
                       : check.state == Check::State::note ? "NOTE"
                                                           : "CHANGE";
    text += fmt::format("  {:<6}  {}{}{}\n", word, harmless(check.found), check.cure.empty() ? "" : ": ",
                        harmless(check.cure));
  }
  return text;
}

}  // namespace foreshape
