// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/prometheus.h"

#include <cmath>
#include <fmt/format.h>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "tools/sshape/prometheus_metric.h"

namespace foreshape {
namespace {

MetricLabels with(MetricLabels labels, const char* label, std::string value) {
  labels.emplace_back(label, std::move(value));
  return labels;
}

double number(std::int64_t n) { return static_cast<double>(n); }

struct Summaries {
  std::span<const UserSummary> users;
  bool by_user;

  std::string gauge(const char* name, const char* help,
                    const std::function<double(const UserSummary&)>& value) const {
    return each(name, help, [&](Metric& metric, const MetricLabels& labels, const UserSummary& user) {
      metric.add(labels, value(user));
    });
  }
  /// One series for each resource that predictions are judged by.
  std::string by_resource(const char* name, const char* help,
                          const std::function<double(const Accuracy&)>& value) const {
    return each(name, help, [&](Metric& metric, const MetricLabels& labels, const UserSummary& user) {
      metric.add(with(labels, "resource", "run_time"), value(user.run_time));
      metric.add(with(labels, "resource", "memory"), value(user.memory));
    });
  }
  /// One for each resource and level.
  std::string by_level(const char* name, const char* help) const {
    return each(name, help, [&](Metric& metric, const MetricLabels& labels, const UserSummary& user) {
      for (const auto& [resource, accuracy] :
           {std::pair{"run_time", &user.run_time}, std::pair{"memory", &user.memory}})
        for (std::size_t i = 0; i < kCoverageLevels.size(); ++i)
          metric.add(
              with(with(labels, "resource", resource), "level", fmt::format("{}", kCoverageLevels.at(i))),
              number(accuracy->within.at(i)) / number(accuracy->measured));
    });
  }

 private:
  std::string each(const char* name, const char* help,
                   const std::function<void(Metric&, const MetricLabels&, const UserSummary&)>& add) const {
    Metric metric(name, help);
    for (const UserSummary& user : users)
      add(metric, by_user ? MetricLabels{{"user", user.user}} : MetricLabels{}, user);
    return metric.text();
  }
};

struct HoldTotals {
  std::int64_t holds = 0, hits = 0, idle_node_s = 0;
};

std::string hold_text(std::span<const ReportedHold> holds) {
  std::map<std::pair<std::string, bool>, HoldTotals> totals;
  for (const ReportedHold& hold : holds) {
    HoldTotals& of_kind = totals[{hold.kind, hold.dry_run}];
    ++of_kind.holds;
    of_kind.hits += hold.hits;
    of_kind.idle_node_s += hold.idle_node_s;
  }
  Metric count("foreshape_holds", "Holds that were there in the window.");
  Metric hits("foreshape_hold_hits", "Jobs that started in them.");
  Metric idle("foreshape_hold_idle_node_seconds", "Node-seconds that they kept idle.");
  for (const auto& [key, of_kind] : totals) {
    const MetricLabels labels = {{"kind", key.first}, {"dry_run", key.second ? "yes" : "no"}};
    count.add(labels, number(of_kind.holds));
    hits.add(labels, number(of_kind.hits));
    idle.add(labels, number(of_kind.idle_node_s));
  }
  return count.text() + hits.text() + idle.text();
}

}  // namespace

std::string prometheus_text(std::span<const UserSummary> users, bool by_user,
                            std::span<const ReportedHold> holds, const PrometheusWindow& window) {
  Metric start("foreshape_window_start_seconds", "Since 1970: where the window of all these begins.");
  Metric end("foreshape_window_end_seconds", "Since 1970: where it ends.");
  start.add({}, number(window.start_s));
  end.add({}, number(window.end_s));
  const Summaries of{users, by_user || users.size() > 1};
  return start.text() + end.text() +
         of.gauge("foreshape_jobs", "Jobs that ended in the window.",
                  [](const UserSummary& u) { return number(u.jobs); }) +
         of.gauge("foreshape_jobs_predicted", "Of these, with a prediction.",
                  [](const UserSummary& u) { return number(u.predicted); }) +
         of.by_resource("foreshape_prediction_accuracy_ratio",
                        "Mean of smaller over larger of predicted and used; 1 is perfect.",
                        [](const Accuracy& a) { return a.ratio_sum / number(a.measured); }) +
         of.by_level(
             "foreshape_within_quantile_ratio",
             "Share of jobs that used no more than the quantile of that level; the level itself is right.") +
         of.by_resource("foreshape_plans", "Jobs whose plan can be compared with what they used.",
                        [](const Accuracy& a) { return number(a.planned); }) +
         of.by_resource("foreshape_plans_too_small", "Of these, jobs that used more than was planned.",
                        [](const Accuracy& a) { return number(a.too_small); }) +
         of.gauge("foreshape_core_hours_requested", "Time limit x CPUs of jobs that ran and had a limit.",
                  [](const UserSummary& u) { return u.core_hours_requested; }) +
         of.gauge("foreshape_core_hours_used", "Run time x CPUs of the same jobs.",
                  [](const UserSummary& u) { return u.core_hours_used; }) +
         of.gauge("foreshape_gib_hours_requested", "Memory x run time of jobs whose memory was measured.",
                  [](const UserSummary& u) { return u.gib_hours_requested; }) +
         of.gauge("foreshape_gib_hours_used", "What the same jobs used at their peak.",
                  [](const UserSummary& u) { return u.gib_hours_used; }) +
         hold_text(holds);
}

}  // namespace foreshape
