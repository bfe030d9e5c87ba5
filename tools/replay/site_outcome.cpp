// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/replay/site_outcome.h"

#include <algorithm>
#include <cmath>

namespace foreshape {
namespace {

/// Less than this share of what it was is no news to anybody.
constexpr double kNoticeable = 0.01;

std::uint64_t all_jobs(const Metrics& m) { return m.jobs; }

template <std::size_t Class>
FigureKind wait_of_class(const char* name) {
  return {name, [](const Metrics& m) { return m.class_wait_s[Class]; },
          [](const Metrics& m) { return m.class_jobs[Class]; }, false};
}

class SpreadSum {
 public:
  void add(double value) {
    if (!std::isfinite(value)) return;
    spread_.least = runs_ == 0 ? value : std::min(spread_.least, value);
    spread_.most = runs_ == 0 ? value : std::max(spread_.most, value);
    sum_ += value;
    ++runs_;
    spread_.mean = sum_ / runs_;
  }
  Spread result() const { return spread_; }

 private:
  Spread spread_;
  double sum_ = 0;
  int runs_ = 0;
};

Verdict verdict_of(const Figure& figure, bool more_is_better) {
  const Spread& change = figure.change;
  if (!std::isfinite(change.mean)) return Verdict::unclear;
  const bool one_way = change.least > 0 || change.most < 0;
  if (!one_way || std::abs(change.mean) < kNoticeable * std::abs(figure.before.mean)) return Verdict::unclear;
  return (change.mean > 0) == more_is_better ? Verdict::better : Verdict::worse;
}

Figure figure_of(const std::vector<ReplayRun>& runs, std::size_t policies, std::size_t lever,
                 const FigureKind& kind) {
  Figure figure;
  SpreadSum before, after, change;
  for (std::size_t first = 0; first + lever < runs.size(); first += policies) {
    const double was = kind.of(runs[first].metrics), is = kind.of(runs[first + lever].metrics);
    before.add(was);
    after.add(is);
    change.add(is - was);
  }
  figure.before = before.result();
  figure.after = after.result();
  figure.change = change.result();
  figure.jobs = kind.jobs(runs.front().metrics);
  figure.verdict = verdict_of(figure, kind.more_is_better);
  return figure;
}

/// A wait under that lever, paired with what the same jobs waited under the present policy.
Figure paired_wait(const std::vector<ReplayRun>& runs, std::size_t policies, std::size_t lever,
                   double HoldWaits::*before_s, double HoldMetrics::*after_s) {
  Figure figure;
  SpreadSum before, after, change;
  for (std::size_t i = lever; i < runs.size(); i += policies) {
    if (runs[i].metrics.holds.hits == 0) continue;
    const double was = runs[i].before.*before_s, is = runs[i].metrics.holds.*after_s;
    before.add(was);
    after.add(is);
    change.add(is - was);
  }
  figure.before = before.result();
  figure.after = after.result();
  figure.change = change.result();
  figure.verdict = verdict_of(figure, false);
  return figure;
}

/// Counts are those of the first run in which a job came into a hold.
std::optional<HoldsOutcome> holds_outcome(const std::vector<ReplayRun>& runs, std::size_t policies,
                                          std::size_t lever) {
  std::size_t with_hits = lever;
  while (with_hits < runs.size() && runs[with_hits].metrics.holds.hits == 0) with_hits += policies;
  if (with_hits >= runs.size()) return std::nullopt;
  HoldsOutcome outcome;
  outcome.hits = paired_wait(runs, policies, lever, &HoldWaits::hit_s, &HoldMetrics::hit_wait_s);
  outcome.others = paired_wait(runs, policies, lever, &HoldWaits::other_s, &HoldMetrics::other_wait_s);
  const Metrics& counted = runs[with_hits].metrics;
  outcome.hits.jobs = counted.holds.hits;
  outcome.others.jobs = counted.jobs - counted.holds.hits;
  SpreadSum idle;
  for (std::size_t i = lever; i < runs.size(); i += policies) idle.add(runs[i].metrics.holds.idle_share);
  outcome.idle_share = idle.result();
  return outcome;
}

LeverOutcome lever_outcome(const std::vector<ReplayRun>& runs, std::size_t policies, std::size_t lever) {
  LeverOutcome outcome;
  outcome.policy = runs[lever].policy;
  for (std::size_t i = 0; i < kFigureKinds; ++i)
    outcome.figures.at(i) = figure_of(runs, policies, lever, figure_kinds()[i]);
  SpreadSum better, worse;
  for (std::size_t first = 0; first + lever < runs.size(); first += policies) {
    better.add(runs[first + lever].fairness.better);
    worse.add(runs[first + lever].fairness.worse);
  }
  outcome.holds = holds_outcome(runs, policies, lever);
  outcome.users_better = better.result();
  outcome.users_worse = worse.result();
  return outcome;
}

}  // namespace

std::span<const FigureKind> figure_kinds() {
  static const std::array<FigureKind, kFigureKinds> kinds = {{
      {"mean_wait_s", [](const Metrics& m) { return m.mean_wait_s; }, all_jobs, false},
      {"p95_wait_s", [](const Metrics& m) { return m.p95_wait_s; }, all_jobs, false},
      {"max_wait_s", [](const Metrics& m) { return m.max_wait_s; }, all_jobs, false},
      {"short_started", [](const Metrics& m) { return m.short_started; },
       [](const Metrics& m) { return m.short_jobs; }, true},
      wait_of_class<0>("wait_narrow_short_s"),
      wait_of_class<1>("wait_narrow_long_s"),
      wait_of_class<2>("wait_wide_short_s"),
      wait_of_class<3>("wait_wide_long_s"),
      {"wait_quarter_s", [](const Metrics& m) { return m.quarter_wait_s; },
       [](const Metrics& m) { return m.quarter_jobs; }, false},
  }};
  return kinds;
}

SiteOutcome site_outcome(const std::vector<ReplayRun>& runs) {
  SiteOutcome outcome;
  if (runs.empty()) return outcome;
  std::size_t policies = 0;
  while (policies < runs.size() && runs[policies].seed == runs.front().seed) ++policies;
  outcome.present_policy = runs.front().policy;
  outcome.runs = static_cast<std::uint32_t>(runs.size() / policies);
  outcome.jobs = runs.front().metrics.jobs;
  for (std::size_t i = 0; i < kFigureKinds; ++i)
    outcome.present.at(i) = figure_of(runs, policies, 0, figure_kinds()[i]).before;
  for (std::size_t lever = 1; lever < policies; ++lever)
    outcome.levers.push_back(lever_outcome(runs, policies, lever));
  return outcome;
}

}  // namespace foreshape
