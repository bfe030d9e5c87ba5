#include "tools/order_checks.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "predictor/base/text.h"
#include "predictor/config/units.h"

namespace foreshape {
namespace {

constexpr std::int64_t kMinute = 60;

std::int64_t minutes_up(std::int64_t seconds) { return (seconds + kMinute - 1) / kMinute; }

/// Points that waiting a minute is worth; 0 where it is worth nothing.
double slope(const SiteSettings& site) {
  return site.max_age_s <= 0
             ? 0
             : static_cast<double>(site.weight_age * kMinute) / static_cast<double>(site.max_age_s);
}

Check judged(bool fine, std::string found, std::string advice) {
  return {fine ? Check::State::fine : Check::State::wrong, std::move(found), fine ? "" : std::move(advice)};
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
  return judged(slope(site) >= 1.0,
                fmt::format("PriorityWeightAge={} ({:.3g} points a minute)", site.weight_age, slope(site)),
                fmt::format("set PriorityWeightAge={}, one point for each minute of PriorityMaxAge={}",
                            age_min, format_duration(age_min * kMinute)));
}

Check prio_reserve(const SiteSettings& site, const OrderPolicy& order) {
  const double per_minute = std::max(1.0, slope(site));
  const auto wanted = static_cast<std::int64_t>(
      std::ceil(per_minute * static_cast<double>(order.max_offset_s) / static_cast<double>(kMinute)));
  const auto found = option_number(site.scheduler_parameters, "bf_min_prio_reserve");
  return judged(
      found.value_or(0) >= wanted,
      found ? fmt::format("bf_min_prio_reserve={}", *found) : "bf_min_prio_reserve is not set",
      fmt::format("add bf_min_prio_reserve={} to SchedulerParameters, so that only jobs that have waited "
                  "their offset reserve nodes",
                  wanted));
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
  constexpr std::int64_t kSlurmDefault = 500, kLeast = 500;
  const std::int64_t depth =
      option_number(site.scheduler_parameters, "bf_max_job_test").value_or(kSlurmDefault);
  return judged(
      depth >= kLeast, fmt::format("bf_max_job_test={}", depth),
      fmt::format(
          "set bf_max_job_test={} in SchedulerParameters (5000 on large queues), or short jobs deep in "
          "the queue are never tried",
          kLeast));
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
                            prio_reserve(site, order), backfill_window(site),  backfill_depth(site),
                            scheduler_type(site)};
  if (site.job_submit_plugins) checks.push_back(submit_plugin(site));
  if (!site.other_weights.empty())
    checks.push_back(
        {Check::State::note, fmt::format("{}", fmt::join(site.other_weights, " ")),
         "these points are added to the order: a job with many of them counts as overdue early"});
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
    text += fmt::format("  {:<6}  {}{}{}\n", word, harmless(check.found), check.advice.empty() ? "" : ": ",
                        harmless(check.advice));
  }
  return text;
}

}  // namespace foreshape
