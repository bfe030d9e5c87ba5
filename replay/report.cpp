// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/report.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>

#include "predictor/base/text.h"
#include "replay/csv_field.h"
#include "replay/policy_title.h"
#include "replay/report_sentences.h"
#include "replay/run_group.h"

namespace foreshape {
namespace {

/// Not a number where there are no such jobs: a mean of none.
double of_jobs(double figure, std::uint64_t jobs) {
  return jobs > 0 ? figure : std::numeric_limits<double>::quiet_NaN();
}

using NamedFigures = std::vector<std::pair<const char*, double>>;

NamedFigures trial_figures(const TrialMetrics& m) {
  return {
      {"trials", static_cast<double>(m.started)},       {"trials_ended", static_cast<double>(m.ended)},
      {"trials_ran_on", static_cast<double>(m.ran_on)}, {"trials_requeued", static_cast<double>(m.requeued)},
      {"trials_lost_core_hours", m.lost_s / 3'600},     {"trials_lost_share", m.lost_share},
  };
}

NamedFigures hold_figures(const ReplayRun& run) {
  const HoldMetrics& m = run.metrics.holds;
  const std::uint64_t others = run.metrics.jobs - m.hits;
  return {
      {"hold_hits", static_cast<double>(m.hits)},
      {"hold_personal_hits", static_cast<double>(m.personal_hits)},
      {"hold_personal", static_cast<double>(m.personal)},
      {"hold_misses", static_cast<double>(m.misses)},
      {"hold_idle_share", m.idle_share},
      {"hold_hit_wait_s", of_jobs(m.hit_wait_s, m.hits)},
      {"hold_hit_wait_before_s", of_jobs(run.before.hit_s, m.hits)},
      {"hold_other_wait_s", of_jobs(m.other_wait_s, others)},
      {"hold_other_wait_before_s", of_jobs(run.before.other_s, others)},
  };
}

/// Figures of one run by name, in the order of the CSV's columns.
NamedFigures figures(const ReplayRun& run) {
  const Metrics& m = run.metrics;
  NamedFigures all = {
      {"jobs", static_cast<double>(m.jobs)},
      {"avebsld", m.avebsld},
      {"gmbsld", m.gmbsld},
      {"medianbsld", m.medianbsld},
      {"p95bsld", m.p95bsld},
      {"maxbsld", m.maxbsld},
      {"rmsbsld", m.rmsbsld},
      {"short_started", of_jobs(m.short_started, m.short_jobs)},
      {"mean_wait_s", m.mean_wait_s},
      {"p95_wait_s", m.p95_wait_s},
      {"max_wait_s", m.max_wait_s},
      {"utilisation", m.utilisation},
      {"makespan_s", m.makespan_s},
      {"under_predicted", m.under_predicted},
      {"run_time_accuracy", m.run_time_accuracy},
      {"pinball50", m.pinball[0]},
      {"pinball90", m.pinball[1]},
      {"pinball95", m.pinball[2]},
      {"kills", static_cast<double>(m.kills)},
      {"users_better", run.fairness.better},
      {"users_worse", run.fairness.worse},
      {"wait_narrow_short_s", of_jobs(m.class_wait_s[0], m.class_jobs[0])},
      {"wait_narrow_long_s", of_jobs(m.class_wait_s[1], m.class_jobs[1])},
      {"wait_wide_short_s", of_jobs(m.class_wait_s[2], m.class_jobs[2])},
      {"wait_wide_long_s", of_jobs(m.class_wait_s[3], m.class_jobs[3])},
      {"wait_quarter_s", of_jobs(m.quarter_wait_s, m.quarter_jobs)},
      {"wait_heavy_s", of_jobs(m.heavy_wait_s, m.heavy_jobs)},
      {"misjudged_jobs", m.misjudged_jobs},
      {"misjudged_slowdown", m.misjudged_slowdown},
      {"short_auc", m.short_auc},
      {"events", static_cast<double>(run.events)},
      {"seconds", run.seconds},
  };
  const NamedFigures trials = trial_figures(m.trials);
  all.insert(all.end(), trials.begin(), trials.end());
  const NamedFigures holds = hold_figures(run);
  all.insert(all.end(), holds.begin(), holds.end());
  return all;
}

nlohmann::ordered_json json_of(const ReplayRun& run) {
  nlohmann::ordered_json j = {{"trace", harmless(run.trace)},
                              {"policy", run.policy},
                              {"predictor", run.predictor},
                              {"seed", run.seed},
                              {"jitter_s", run.jitter_s}};
  for (const auto& [name, value] : figures(run)) {
    const bool count = value >= 1 && value == static_cast<double>(static_cast<std::int64_t>(value));
    if (count)
      j[name] = static_cast<std::int64_t>(value);
    else
      j[name] = value;
  }
  return j;
}

nlohmann::ordered_json json_of(const Ratio& r) {
  return {{"mean", r.mean}, {"least", r.least}, {"most", r.most}};
}

nlohmann::ordered_json json_of(const Comparison& c) {
  return {{"trace", harmless(c.trace)},
          {"policy", c.policy},
          {"predictor", c.predictor},
          {"against", {{"policy", c.against_policy}, {"predictor", c.against_predictor}}},
          {"runs", c.runs},
          {"avebsld", json_of(c.avebsld)},
          {"gmbsld", json_of(c.gmbsld)},
          {"rmsbsld", json_of(c.rmsbsld)},
          {"maxbsld", json_of(c.maxbsld)},
          {"mean_wait_s", json_of(c.mean_wait)},
          {"short_started_gain", c.short_started_gain}};
}

std::string row_of(const RunGroup& g) {
  const auto m = [&](double Metrics::*figure) {
    return mean(g, [&](const ReplayRun& r) { return r.metrics.*figure; });
  };
  return fmt::format(
      "{:<28} {:>8.2f} {:>6.2f} {:>6.2f} {:>8.1f} {:>8.0f} {:>7.1f} {:>6.1f} {:>8.0f} {:>8.0f} "
      "{:>6.1f} {:>6.1f} {:>5.3f} {:>7.1f} {:>6.1f} {:>6.2f}\n",
      label(g[0]->policy, g[0]->predictor), m(&Metrics::avebsld), m(&Metrics::gmbsld),
      m(&Metrics::medianbsld), m(&Metrics::p95bsld), m(&Metrics::maxbsld), m(&Metrics::rmsbsld),
      100 * m(&Metrics::short_started), m(&Metrics::mean_wait_s), m(&Metrics::p95_wait_s),
      100 * m(&Metrics::utilisation), 100 * m(&Metrics::under_predicted), m(&Metrics::run_time_accuracy),
      100 * mean(g, [](const ReplayRun& r) { return r.fairness.better; }),
      100 * mean(g, [](const ReplayRun& r) { return r.fairness.worse; }),
      mean(g, [](const ReplayRun& r) { return r.seconds; }));
}

std::string class_row_of(const RunGroup& g) {
  const auto hours = [&](std::size_t c) {
    return hours_text(mean(
        g, [&](const ReplayRun& r) { return of_jobs(r.metrics.class_wait_s[c], r.metrics.class_jobs[c]); }));
  };
  return fmt::format(
      "{:<28} {:>12} {:>12} {:>12} {:>12} {:>12} {:>10.1f} {:>7.0f} {:>9.2f}\n",
      label(g[0]->policy, g[0]->predictor), hours(0), hours(1), hours(2), hours(3),
      hours_text(mean(
          g, [](const ReplayRun& r) { return of_jobs(r.metrics.quarter_wait_s, r.metrics.quarter_jobs); })),
      mean(g, [](const ReplayRun& r) { return r.metrics.max_wait_s / 3'600; }),
      mean(g, [](const ReplayRun& r) { return static_cast<double>(r.metrics.kills); }),
      mean(g, [](const ReplayRun& r) { return r.metrics.makespan_s / 86'400; }));
}

/// What each row's policy is, in words.
std::string titles_text(const std::vector<RunGroup>& groups) {
  std::string text;
  for (const RunGroup& g : groups) {
    const std::string title = policy_title(g[0]->policy, g[0]->predictor);
    if (title != g[0]->policy)
      text += fmt::format("{:<28} {}\n", label(g[0]->policy, g[0]->predictor), title);
  }
  return text;
}

std::string ratio_text(const Ratio& r) {
  return fmt::format("{:.3f} ({:.2f}-{:.2f})", r.mean, r.least, r.most);
}

}  // namespace

std::string json_text(const std::vector<ReplayRun>& runs, const std::vector<Comparison>& comparisons) {
  nlohmann::ordered_json all = {{"version", kReplayJsonVersion}, {"runs", nlohmann::ordered_json::array()}};
  for (const ReplayRun& run : runs) all["runs"].push_back(json_of(run));
  all["comparisons"] = nlohmann::ordered_json::array();
  for (const Comparison& c : comparisons) all["comparisons"].push_back(json_of(c));
  return all.dump(1) + "\n";
}

std::string csv_text(const std::vector<ReplayRun>& runs) {
  std::string text = "trace,policy,predictor,seed,jitter_s";
  for (const auto& [name, value] : figures(ReplayRun{})) text += fmt::format(",{}", name);
  text += "\n";
  for (const ReplayRun& run : runs) {
    text += fmt::format("{},{},{},{},{}", csv_field(run.trace), run.policy, run.predictor, run.seed,
                        run.jitter_s);
    for (const auto& [name, value] : figures(run))
      text += std::isnan(value) ? "," : fmt::format(",{}", value);
    text += "\n";
  }
  return text;
}

std::string table_text(const std::vector<ReplayRun>& runs, const std::vector<Comparison>& comparisons) {
  if (runs.empty()) return {};
  const std::vector<RunGroup> groups = grouped(runs);
  const std::size_t seeds = groups[0].size();
  std::string text = fmt::format("\n{}: {} jobs{}\n", harmless(runs[0].trace), runs[0].metrics.jobs,
                                 seeds > 1 ? fmt::format(", means of {} runs", seeds) : "");
  text += titles_text(groups);
  text += fmt::format(
      "\n{:<28} {:>8} {:>6} {:>6} {:>8} {:>8} {:>7} {:>6} {:>8} {:>8} {:>6} {:>6} {:>5} {:>7} {:>6} {:>6}\n",
      "bounded slowdown and waits", "mean", "geom.", "median", "95 %", "largest", "RMS", "1min %", "wait s",
      "95 % s", "used %", "over %", "right", "better%", "worse%", "took s");
  for (const RunGroup& g : groups) text += row_of(g);
  text += fmt::format("\n{:<28} {:>12} {:>12} {:>12} {:>12} {:>12} {:>10} {:>7} {:>9}\n",
                      "mean wait by class, hours", "narrow short", "narrow long", "wide short", "wide long",
                      "quarter", "longest", "killed", "span days");
  for (const RunGroup& g : groups) text += class_row_of(g);
  text += column_words();
  const std::string words = report_sentences(groups);
  if (seeds < 2) return text + words;
  text += fmt::format("\n{:<28} {:>20} {:>20} {:>20} {:>20} {:>7}\n", "ratios, paired by seed",
                      "mean slowdown", "geometric mean", "RMS", "mean wait", "1 min");
  for (const Comparison& c : comparisons)
    text += fmt::format("{:<28} {:>20} {:>20} {:>20} {:>20} {:>+6.1f}%\n", label(c.policy, c.predictor),
                        ratio_text(c.avebsld), ratio_text(c.gmbsld), ratio_text(c.rmsbsld),
                        ratio_text(c.mean_wait), 100 * c.short_started_gain);
  return text + words;
}

std::string load_report_text(const Workload& load, const LoadReport& report) {
  std::string text = fmt::format("{}: {} rows, {} jobs of {} users on {} processors", harmless(load.trace),
                                 report.rows, load.jobs.size(), load.users, load.procs);
  if (!report.bad.empty()) text += ", " + report.bad.summary();
  for (const DroppedJobs& d : report.dropped) text += fmt::format(", {} dropped ({})", d.jobs, d.reason);
  if (report.capped_runs > 0)
    text += fmt::format(", {} ran longer than requested (cut at the request)", report.capped_runs);
  text += "\n";
  for (const std::string& bad : report.bad.first()) text += "  " + bad + "\n";
  return text;
}

}  // namespace foreshape
