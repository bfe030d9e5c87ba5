// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Margins that hold a stated rate of "too small" for each user, learned from how plans turned out.
//
// Runs in: slurmctld and offline. No allocation once made; each call looks at a fixed number of records.
// Threads: one at a time.
//
// A margin is a number t on the scale of margin_scale.h; one controller serves one resource and one rate a.
// Two loops, as in conformal PID control (Angelopoulos, Candes & Tibshirani, NeurIPS 2023):
//
// 1. What t is exceeded at a rate r? The scores of ended jobs (what t would have been enough) are counted in
//    kScoreBins bins, old ones fading out, for each user, account and class of familiarity. The user's
//    distribution is the mean of own counts and `shrink` counts spread as the account's, which is shrunk to
//    the cluster's alike: empirical Bayes. t is its 1 - r quantile. Scores don't depend on what was planned,
//    so a thousand late outcomes of one mistake move t once and not a thousand times.
// 2. What r is asked for? With n the user's judged and o the open plans (made, below the request, not
// judged):
//
//      excess = too small - a n;   C = slack_jobs + slack_errors sqrt(a (1 - a) (n + o))
//      r = a (1 - (max(excess, -bank C) + open_share o) / C), at most rate_times_max a
//
//    and where r <= 0 the request is left alone. With nothing open this is the update of Gibbs & Candes
//    (NeurIPS 2021), r += a / C (a - err), with a step that falls as 1 / sqrt(n) (Angelopoulos, Barber &
//    Bates, ICML 2024): as much as a binomial would scatter is not corrected. Taken rather than AgACI
//    (Zaffran et al., ICML 2022) or DtACI (Gibbs & Candes, JMLR 2024): these bound the mean over their steps'
//    mixture and need an outcome after each plan, and here hundreds are open at once. The term in o is ours.
//
// Guaranteed, whatever the jobs do and whenever outcomes come, if no job uses more than its request and the
// user's record is not pushed out: excess < 3 C / open_share + 1 at bank = 2, so that the rate exceeds a by
// O(1 / sqrt n); and excess < C + 1 where each outcome comes before the next plan. Both because a plan is
// below the request only while excess + open_share o < C (which bounds o), and each open one adds 1 at most.
// Nothing is guaranteed of the other side: a request may be so short that less than a is ever too small.
//
// Outcomes. Who was cut off at the request needed all of it. Of who was cut off before it (cancelled, node
// failure) a bound is known: the count is spread over the bins from there on as the others are (Efron, Proc.
// 5th Berkeley Symposium, 1967). For the excess a plan was too small or it was not.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "predictor/base/job.h"
#include "predictor/base/prediction.h"

namespace foreshape {

/// One setting for all logs: chosen on KTH, HPC2N, RICC and sizey_mag (docs/benchmarks/margins.md).
struct VarianceSettings {
  double rate = 0.05;            ///< a: of all plans, so many may be too small
  double user_jobs = 200;        ///< that a user's counts reach back, roughly
  double account_jobs = 5'000;   ///< an account's
  double cluster_jobs = 20'000;  ///< the cluster's
  double shrink = 40;
  double slack_jobs = 1;
  double slack_errors = 1.7;  ///< below the two standard errors at which a user counts as off the rate
  double bank = 2;            ///< so many C that were not used up may be made up for
  double rate_times_max = 8;
  double open_share = 0.1;      ///< of an open plan, counted as too small already
  double open_share_new = 0.4;  ///< of one for a job of a shape that none has ended of: these miss together
};

/// What is known of jobs like this one. Cold starts have margins of their own: below few.
enum class Familiarity : std::uint8_t { new_user, new_shape, few, many };
inline constexpr std::size_t kFamiliarities = 4;

/// few: one or two of the user's jobs of that shape have ended.
Familiarity familiarity_of(const Prediction& prediction);

/// Whose job the margin is for.
struct MarginSubject {
  UserId uid = 0;
  TextHash account = 0;  ///< 0 = none is known
  Familiarity familiarity = Familiarity::new_user;
};

/// How a plan turned out.
struct JudgedPlan {
  double score = 0;            ///< score_of() what was used
  bool was_too_small = false;  ///< what was planned, for a job left at its request: false
  bool is_bound = false;       ///< cut off before its request: it would have needed more
};

/// Upper edges of the bins of scores; above the last one the request is left alone.
inline constexpr std::array<double, 27> kScoreEdges = {.25,  .5,   .75, 1,    1.25, 1.5,  1.75, 2,    2.25,
                                                       2.5,  2.75, 3,   3.25, 3.5,  3.75, 4,    4.25, 4.5,
                                                       4.75, 5,    5.5, 6,    7,    8,    10,   12,   16};
inline constexpr std::size_t kScoreBins = kScoreEdges.size() + 1;

/// What is remembered of a user, an account, or a class of familiarity.
struct MarginRecord {
  std::uint64_t key = 0;      ///< 0 = free
  std::uint64_t touched = 0;  ///< number of the event that touched it last
  std::uint32_t judged = 0;
  std::uint32_t too_small = 0;
  std::uint32_t open = 0;
  std::array<float, kScoreBins> scores{};

  bool operator==(const MarginRecord&) const = default;
};

class VarianceController {
 public:
  /// Users and accounts that are remembered; the one of eight not heard of for longest gives way.
  static constexpr std::size_t kMaxRecords = 8'192;

  explicit VarianceController(const VarianceSettings& settings);
  /// As it was: goes on to the same bits. Records that it did not write itself are left out.
  VarianceController(const VarianceSettings& settings, std::span<const MarginRecord> records);

  /// The t to plan at; nullopt: leave the request alone.
  std::optional<double> margin(const MarginSubject& subject) const;

  /// A plan below the request was made. Each is followed by one judged() with `open`, or one withdrawn().
  void planned(const MarginSubject& subject);
  /// The job was never run.
  void withdrawn(const MarginSubject& subject);
  /// The job has ended. open: planned() was told of it.
  void judged(const MarginSubject& subject, const JudgedPlan& plan, bool open);

  /// Of the classes, then of users and accounts; kMaxRecords + kFamiliarities at most.
  std::vector<MarginRecord> records() const;

 private:
  const MarginRecord* find(std::uint64_t key) const;
  MarginRecord* find(std::uint64_t key);
  MarginRecord& touch(std::uint64_t key);
  std::optional<double> wanted_rate(const MarginSubject& subject, const MarginRecord& user) const;

  VarianceSettings settings_;
  std::uint64_t events_ = 0;
  std::array<MarginRecord, kFamiliarities> classes_;
  std::vector<MarginRecord> groups_;  ///< kWays to a set
};

}  // namespace foreshape
