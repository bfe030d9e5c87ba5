// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/metrics.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "replay/auc.h"

namespace foreshape {
namespace {

/// The smallest value that at least this share of the values does not exceed. Sorts a part of them.
double quantile(std::vector<double>& values, double share) {
  const double rank = std::ceil(share * static_cast<double>(values.size())) - 1;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(std::max(0.0, rank));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

JobClass class_of(const ReplayJob& job, std::int32_t machine) {
  const bool wide = job.procs >= kWideShare * machine;
  const bool is_long = job.run_s >= kLongRun;
  return static_cast<JobClass>((wide ? 2 : 0) + (is_long ? 1 : 0));
}

/// Pinball loss of quantile q, where the truth is y; in log seconds.
double pinball(double y, double q, double level) {
  const double miss = std::log(y) - std::log(std::max(1.0, q));
  return miss >= 0 ? level * miss : (level - 1) * miss;
}

struct Sums {
  double slowdown = 0, squares = 0, logs = 0, wait = 0, used = 0, accuracy = 0;
  double quarter_wait = 0, misjudged_slowdown = 0;
  std::uint64_t misjudged = 0;
  std::array<double, kJudgedQuantiles.size()> pinball{};
  std::uint64_t short_at_once = 0, under = 0;
  std::int64_t first = INT64_MAX, last = 0;
};

/// How good the prediction at submission was, and what the job's slowdown has to do with it.
void judge(const Estimate& estimate, std::int64_t ran_s, double slowdown, Sums& s) {
  const auto run_s = static_cast<double>(ran_s);
  s.accuracy += std::min(estimate.point_s, run_s) / std::max(estimate.point_s, run_s);
  s.under += estimate.point_s < run_s ? 1 : 0;
  for (std::size_t q = 0; q < kJudgedQuantiles.size(); ++q)
    s.pinball[q] += pinball(run_s, static_cast<double>(estimate.quantiles_s[q]), kJudgedQuantiles[q]);
  if (estimate.order_s < kMisjudged * static_cast<double>(std::max(kSlowdownTau, ran_s))) return;
  ++s.misjudged;
  s.misjudged_slowdown += slowdown;
}

void add_to_classes(const ReplayJob& job, std::int64_t wait_s, std::int32_t machine, Metrics& m, Sums& s) {
  const auto wait = static_cast<double>(wait_s);
  const auto c = static_cast<std::size_t>(class_of(job, machine));
  ++m.class_jobs.at(c);
  m.class_wait_s.at(c) += wait;
  if (job.run_s < kShortRun) {
    ++m.short_jobs;
    s.short_at_once += wait_s <= kAtOnce ? 1 : 0;
  }
  if (job.procs >= kQuarter * machine) {
    ++m.quarter_jobs;
    s.quarter_wait += wait;
  }
}

void fill_means(Metrics& m, const Sums& s, std::int32_t machine) {
  const auto n = static_cast<double>(m.jobs);
  m.avebsld = s.slowdown / n;
  m.rmsbsld = std::sqrt(s.squares / n);
  m.gmbsld = std::exp(s.logs / n);
  m.mean_wait_s = s.wait / n;
  m.run_time_accuracy = s.accuracy / n;
  for (std::size_t q = 0; q < s.pinball.size(); ++q) m.pinball[q] = s.pinball[q] / n;
  m.under_predicted = static_cast<double>(s.under) / n;
  if (m.short_jobs > 0)
    m.short_started = static_cast<double>(s.short_at_once) / static_cast<double>(m.short_jobs);
  m.makespan_s = static_cast<double>(s.last - s.first);
  m.utilisation = s.used / (machine * m.makespan_s);
  if (m.quarter_jobs > 0) m.quarter_wait_s = s.quarter_wait / static_cast<double>(m.quarter_jobs);
  m.misjudged_jobs = static_cast<double>(s.misjudged) / n;
  m.misjudged_slowdown = s.misjudged_slowdown / s.slowdown;
  for (std::size_t c = 0; c < kJobClasses; ++c)
    if (m.class_jobs[c] > 0) m.class_wait_s[c] /= static_cast<double>(m.class_jobs[c]);
}

/// By user: is it one of the kHeavyUsers with the most processor-seconds in measured jobs? As the trace has
/// them, so that every policy is judged by the same users.
std::vector<bool> heavy_users(const Workload& load) {
  std::vector<double> used(load.users, 0.0);
  for (const ReplayJob& job : load.jobs)
    if (load.is_measured(job)) used[job.user] += static_cast<double>(job.run_s) * job.procs;
  std::vector<std::uint32_t> users;
  for (std::uint32_t u = 0; u < load.users; ++u)
    if (used[u] > 0) users.push_back(u);
  const auto most_first = [&](std::uint32_t a, std::uint32_t b) { return used[a] > used[b]; };
  std::stable_sort(users.begin(), users.end(), most_first);
  users.resize(static_cast<std::size_t>(std::ceil(kHeavyUsers * static_cast<double>(users.size()))));
  std::vector<bool> heavy(load.users, false);
  for (const std::uint32_t u : users) heavy[u] = true;
  return heavy;
}

void add_heavy(const Workload& load, const Schedule& schedule, Metrics& m) {
  const std::vector<bool> heavy = heavy_users(load);
  for (std::size_t i = 0; i < load.jobs.size(); ++i) {
    const ReplayJob& job = load.jobs[i];
    if (!load.is_measured(job) || !heavy[job.user]) continue;
    ++m.heavy_jobs;
    m.heavy_wait_s += static_cast<double>(schedule.start_s[i] - job.submit_s);
  }
  if (m.heavy_jobs > 0) m.heavy_wait_s /= static_cast<double>(m.heavy_jobs);
}

TrialMetrics trial_metrics(const Workload& load, const Schedule& schedule, double used_s) {
  TrialMetrics m;
  for (const TrialRun& run : schedule.trials) {
    const ReplayJob& job = load.jobs[run.job];
    if (!load.is_measured(job)) continue;
    ++m.started;
    m.ended += run.outcome == TrialOutcome::ended ? 1 : 0;
    m.ran_on += run.outcome == TrialOutcome::ran_on ? 1 : 0;
    m.requeued += run.outcome == TrialOutcome::requeued ? 1 : 0;
    m.lost_s += static_cast<double>(run.held_s) * job.procs;
  }
  m.lost_share = m.lost_s / used_s;
  return m;
}

HoldMetrics hold_metrics(const Workload& load, const Schedule& schedule, double makespan_s) {
  const HoldOutcome& holds = schedule.holds;
  HoldMetrics m;
  for (const HoldHit& hit : holds.hits) {
    if (!load.is_measured(load.jobs[hit.job])) continue;
    ++m.hits;
    m.personal_hits += hit.kind == HoldKind::personal ? 1 : 0;
  }
  m.personal = holds.personal;
  m.misses = holds.misses;
  m.idle_share = static_cast<double>(holds.idle_s) / (load.procs * makespan_s);
  const HoldWaits waits = hold_waits(waits_of(load, schedule), holds);
  m.hit_wait_s = waits.hit_s;
  m.other_wait_s = waits.other_s;
  return m;
}

double short_auc(const Workload& load, const Schedule& schedule) {
  std::vector<ScoredCase> cases;
  for (std::size_t i = 0; i < load.jobs.size(); ++i) {
    const Estimate& estimate = schedule.estimates[i];
    if (load.is_measured(load.jobs[i]) && estimate.order_s >= kLongRun)
      cases.push_back({estimate.short_chance, load.jobs[i].run_s < kShortRun});
  }
  return area_under_curve(std::move(cases));
}

}  // namespace

std::vector<std::int64_t> waits_of(const Workload& load, const Schedule& schedule) {
  std::vector<std::int64_t> waits(load.jobs.size(), kNotMeasured);
  for (std::size_t i = 0; i < waits.size(); ++i)
    if (load.is_measured(load.jobs[i])) waits[i] = schedule.start_s[i] - load.jobs[i].submit_s;
  return waits;
}

HoldWaits hold_waits(const std::vector<std::int64_t>& waits_s, const HoldOutcome& holds) {
  std::vector<bool> is_hit(waits_s.size(), false);
  for (const HoldHit& hit : holds.hits) is_hit[hit.job] = true;
  HoldWaits means;
  double hits = 0, others = 0;
  for (std::size_t i = 0; i < waits_s.size(); ++i) {
    if (waits_s[i] == kNotMeasured) continue;
    (is_hit[i] ? means.hit_s : means.other_s) += static_cast<double>(waits_s[i]);
    ++(is_hit[i] ? hits : others);
  }
  if (hits > 0) means.hit_s /= hits;
  if (others > 0) means.other_s /= others;
  return means;
}

double bounded_slowdown(std::int64_t wait_s, std::int64_t run_s) {
  return std::max(1.0,
                  static_cast<double>(wait_s + run_s) / static_cast<double>(std::max(kSlowdownTau, run_s)));
}

Metrics metrics_of(const Workload& load, const Schedule& schedule) {
  Metrics m;
  Sums s;
  std::vector<double> slowdowns, waits;
  slowdowns.reserve(load.jobs.size());
  waits.reserve(load.jobs.size());
  for (std::size_t i = 0; i < load.jobs.size(); ++i) {
    const ReplayJob& job = load.jobs[i];
    if (!load.is_measured(job)) continue;
    ++m.jobs;
    const std::int64_t wait = schedule.start_s[i] - job.submit_s;
    const std::int64_t run = schedule.end_s[i] - schedule.start_s[i];
    const double slowdown = bounded_slowdown(wait, run);
    slowdowns.push_back(slowdown);
    waits.push_back(static_cast<double>(wait));
    s.slowdown += slowdown;
    s.squares += slowdown * slowdown;
    s.logs += std::log(slowdown);
    s.wait += static_cast<double>(wait);
    s.used += static_cast<double>(run) * job.procs;
    judge(schedule.estimates[i], job.run_s, slowdown, s);
    m.kills += run < job.run_s ? 1 : 0;
    s.first = std::min(s.first, job.submit_s);
    s.last = std::max(s.last, schedule.end_s[i]);
    add_to_classes(job, wait, load.procs, m, s);
  }
  if (m.jobs == 0) return m;
  fill_means(m, s, load.procs);
  add_heavy(load, schedule, m);
  m.trials = trial_metrics(load, schedule, s.used);
  m.holds = hold_metrics(load, schedule, m.makespan_s);
  m.short_auc = short_auc(load, schedule);
  m.medianbsld = quantile(slowdowns, 0.5);
  m.p95bsld = quantile(slowdowns, 0.95);
  m.maxbsld = *std::max_element(slowdowns.begin(), slowdowns.end());
  m.p95_wait_s = quantile(waits, 0.95);
  m.max_wait_s = *std::max_element(waits.begin(), waits.end());
  return m;
}

std::vector<double> slowdown_of_users(const Workload& load, const Schedule& schedule) {
  std::vector<double> sums(load.users, 0.0);
  std::vector<std::uint32_t> jobs(load.users, 0);
  for (std::size_t i = 0; i < load.jobs.size(); ++i) {
    if (!load.is_measured(load.jobs[i])) continue;
    const std::int64_t start = schedule.start_s[i];
    sums[load.jobs[i].user] += bounded_slowdown(start - load.jobs[i].submit_s, schedule.end_s[i] - start);
    ++jobs[load.jobs[i].user];
  }
  for (std::size_t u = 0; u < sums.size(); ++u)
    if (jobs[u] > 0) sums[u] /= jobs[u];
  return sums;
}

Fairness fairness(const std::vector<double>& before, const std::vector<double>& after) {
  constexpr double kNoticeable = 0.05;
  Fairness f;
  double users = 0;
  for (std::size_t u = 0; u < before.size(); ++u) {
    if (before[u] <= 0) continue;
    ++users;
    if (after[u] < before[u] * (1 - kNoticeable)) ++f.better;
    if (after[u] > before[u] * (1 + kNoticeable)) ++f.worse;
  }
  if (users > 0) {
    f.better /= users;
    f.worse /= users;
  }
  return f;
}

}  // namespace foreshape
