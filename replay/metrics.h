// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a schedule was worth to its users: slowdown, waits, and how good the predictions were.
//
// Runs in: offline.
// Threads: pure functions.

#include <array>
#include <cstdint>
#include <vector>

#include "replay/simulation.h"
#include "replay/workload.h"

namespace foreshape {

/// Bounded slowdown counts a run time below this as this: max(1, (wait + run) / max(tau, run)).
/// Source: Feitelson et al., JSSPP 1997.
inline constexpr std::int64_t kSlowdownTau = 10;
inline constexpr std::int64_t kAtOnce = 60;
/// Wide jobs take at least this share of the machine; long jobs run at least this long.
inline constexpr double kWideShare = 0.1;
inline constexpr std::int64_t kLongRun = 3'600;
/// Jobs that the machine must be emptied for: at least this share of it.
inline constexpr double kQuarter = 0.25;
/// Heavy users: the first of those with the most processor-seconds, so many of all users (rounded up).
inline constexpr double kHeavyUsers = 0.1;
/// A job is misjudged if its predicted run time is at least so many times max(kSlowdownTau, run time).
inline constexpr double kMisjudged = 10;

/// Jobs by shape, for "who pays": narrow or wide x short or long.
enum class JobClass : std::uint8_t { narrow_short, narrow_long, wide_short, wide_long };
inline constexpr std::size_t kJobClasses = 4;

/// What came of trial starts (TrialPolicy).
struct TrialMetrics {
  std::uint64_t started = 0, ended = 0, ran_on = 0, requeued = 0;  ///< started: the others' sum
  double lost_s = 0;      ///< processor-seconds of those that were requeued
  double lost_share = 0;  ///< of the processor-seconds that the jobs ran
};

/// What came of holding processors (HoldingPolicy).
struct HoldMetrics {
  std::uint64_t hits = 0;                   ///< jobs that a hold let in
  std::uint64_t personal_hits = 0;          ///< of these, holds for single users
  std::uint64_t personal = 0, misses = 0;   ///< holds for single users; those that nobody came for
  double idle_share = 0;                    ///< of all processor-seconds: kept idle while others waited
  double hit_wait_s = 0, other_wait_s = 0;  ///< mean waits of jobs that were let in, and of all others
};

struct Metrics {
  std::uint64_t jobs = 0;
  double avebsld = 0, gmbsld = 0, medianbsld = 0, p95bsld = 0, maxbsld = 0, rmsbsld = 0;
  std::uint64_t short_jobs = 0;  ///< that run < kShortRun
  double short_started = 0;      ///< share of these that start within kAtOnce
  double mean_wait_s = 0, p95_wait_s = 0, max_wait_s = 0;
  double utilisation = 0;        ///< processor-seconds used / (machine x makespan)
  double makespan_s = 0;         ///< first submission to last end
  double under_predicted = 0;    ///< share of predictions at submission that the run time exceeded
  double run_time_accuracy = 0;  ///< mean of min(p, run) / max(p, run) of the prediction at submission
  /// Pinball loss at kJudgedQuantiles, in log seconds. Source: Koenker & Bassett 1978.
  std::array<double, kJudgedQuantiles.size()> pinball{};
  std::uint64_t kills = 0;                         ///< cut at the prediction (--kill-on-prediction)
  std::array<double, kJobClasses> class_wait_s{};  ///< mean wait by JobClass
  std::array<std::uint64_t, kJobClasses> class_jobs{};
  std::uint64_t quarter_jobs = 0;  ///< that take at least kQuarter of the machine
  double quarter_wait_s = 0;       ///< their mean wait
  std::uint64_t heavy_jobs = 0;    ///< of heavy users
  double heavy_wait_s = 0;         ///< their mean wait
  double misjudged_jobs = 0;       ///< share of jobs that were predicted kMisjudged times too long
  double misjudged_slowdown = 0;   ///< and their share of the sum of all bounded slowdowns
  TrialMetrics trials;
  HoldMetrics holds;
  /// How well Estimate::short_chance tells apart, at submission, which of the jobs predicted to run at least
  /// kLongRun run less than kShortRun (replay/auc.h). Not a number without both kinds.
  double short_auc = 0;
};

/// Of the jobs submitted from Workload::measured_from_s on, here as below.
Metrics metrics_of(const Workload& load, const Schedule& schedule);

/// The wait of every job, by JobIndex; kNotMeasured of those that figures are not of.
std::vector<std::int64_t> waits_of(const Workload& load, const Schedule& schedule);
inline constexpr std::int64_t kNotMeasured = -1;

/// Mean waits of the jobs that a hold let in, and of all others; 0 where there are none.
struct HoldWaits {
  double hit_s = 0, other_s = 0;
};
/// waits_s: of that schedule, or of another one of the same workload: how long the same jobs waited there.
HoldWaits hold_waits(const std::vector<std::int64_t>& waits_s, const HoldOutcome& holds);

/// max(1, (wait + run) / max(kSlowdownTau, run)).
double bounded_slowdown(std::int64_t wait_s, std::int64_t run_s);

/// Mean bounded slowdown of every user, by ReplayJob::user; 0 for a user without such jobs.
std::vector<double> slowdown_of_users(const Workload& load, const Schedule& schedule);

/// Users whose mean bounded slowdown moved by more than 5 %.
struct Fairness {
  double better = 0, worse = 0;  ///< shares of users
};
Fairness fairness(const std::vector<double>& before, const std::vector<double>& after);

}  // namespace foreshape
