// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Scheduling policies as values: an order, an estimate, a correction and a guard put together.
//
// Runs in: offline.
// Threads: plain values.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/plan/policy.h"

namespace foreshape {

struct Model;

/// Who plans what beyond the present moment.
enum class Backfill : std::uint8_t {
  head,          ///< EASY: only the first blocked job has a reservation
  conservative,  ///< every waiting job has one
  slurm,  ///< Slurm's: at every event the first jobs in order; every bf_interval a pass with reservations
};

/// In what order waiting jobs are considered.
enum class Order : std::uint8_t {
  arrival,         ///< first come, first served
  shortest_first,  ///< the head by arrival; the candidates for backfilling by predicted run time
  slowdown,        ///< the whole queue by predicted slowdown so far, (wait + p) / p, highest first
  static_key,      ///< the whole queue by submission + an offset that grows with the predicted run time
};

/// Where a run time comes from.
enum class Source : std::uint8_t {
  requested,
  last2,        ///< mean of the user's last two ended jobs
  similar,      ///< decayed median of the user's jobs of the same class (processors and request)
  kernel,       ///< predictor/baseline
  model,        ///< a trained model: SchedulingPolicy::model
  clairvoyant,  ///< the run time itself
};

/// What is planned once a job has outrun its prediction.
enum class Correction : std::uint8_t {
  requested,      ///< the requested time
  incremental,    ///< the prediction + 1, 5, 15, 30 min, 1, 2, 5, 10, 20, 50, 100 h (EASY++)
  next_quantile,  ///< the next kept quantile of the prediction that is still possible
};

/// Slurm's backfill parameters; the defaults are those of slurm.conf(5), 22.05.
struct SlurmLoop {
  std::int64_t interval_s = 30;       ///< bf_interval
  std::uint32_t jobs_max = 500;       ///< bf_max_job_test
  std::int64_t window_s = 86'400;     ///< bf_window
  std::int64_t resolution_s = 60;     ///< bf_resolution
  std::uint32_t main_depth = 100;     ///< default_queue_depth
  bool reserve_overdue_only = false;  ///< bf_min_prio_reserve at the priority of a job that waited its offset
  /// ... or of one that waited so much more (below 0: less). Without Order::static_key the offset is 0.
  std::int64_t reserve_after_s = 0;
  std::int64_t min_age_reserve_s = 0;  ///< bf_min_age_reserve
  /// Planned ends count as the last one within so many seconds after the first; the next window is twice as
  /// long, or longer by bf_window_linear. 0 = ends as they are.
  std::int64_t precision_s = 30;
  std::uint32_t precision_jobs = 202;  ///< a window ends after so many jobs, if the next one ends later
  std::int64_t window_linear_s = 0;    ///< bf_window_linear; 0 = doubled
  std::int64_t max_age_s = kNoMaxAge;  ///< PriorityMaxAge: waiting beyond adds no priority

  static constexpr std::int64_t kNoMaxAge = INT64_MAX / 4;
};

/// Fair-share as priority/multifactor has it (replay/fair_share.h).
struct FairSharePolicy {
  double weight_s = 0;  ///< PriorityWeightFairshare in seconds of waiting: what a factor of 1 is worth
  std::int64_t half_life_s = std::int64_t{7} * 86'400;  ///< PriorityDecayHalfLife
  std::int64_t calc_period_s = 300;                     ///< PriorityCalcPeriod
  bool fair_tree = true;                                ///< false: PriorityFlags=NO_FAIR_TREE
  bool by_account = false;  ///< users in the trace's accounts; otherwise all in one
};

/// Trial starts: a job whose limit is too long for a hole runs in it for a moment. If it ends, it has run;
/// if not, it is requeued, unless its limit has come to fit (replay/trials.h).
struct TrialPolicy {
  std::int64_t length_s = 120;       ///< how long a job is tried
  std::int64_t start_cost_s = 10;    ///< one that must be requeued has its processors for so much longer
  double chance_min = 0.01;          ///< jobs less likely to run less than kShortRun are not tried
  std::uint32_t user_day_max = 100;  ///< trials of a user in a day (UTC)
  double consent = 1;                ///< share of the users who agreed to trials ...
  std::uint64_t consent_seed = 1;    ///< ... and the draw of who they are; run_experiment sets a run's own
};

/// What it rests on how much is held.
enum class HoldForecast : std::uint8_t {
  arrivals,     ///< the plugin's own: every user's next submission, by the model's network where there is one
  fixed,        ///< always the same share of the machine, for short jobs
  by_hour,      ///< what short jobs were submitted in this hour of the week, in the weeks before
  clairvoyant,  ///< the submissions that will come
};

/// Processors held for jobs that are not there yet (replay/holding.h).
struct HoldingPolicy {
  HoldForecast forecast = HoldForecast::arrivals;
  HoldPolicy rules{};  ///< but for its caps on idle cost, mode and chains
  double idle_share_max =
      0.005;                  ///< of the machine's processor-seconds of a day, kept idle while others wait
  double fixed_share = 0.02;  ///< HoldForecast::fixed
};

struct SchedulingPolicy {
  std::string name;
  Backfill backfill = Backfill::head;
  Order order = Order::arrival;
  Source source = Source::requested;
  Correction correction = Correction::requested;
  std::shared_ptr<const Model> model;  ///< Source::model; without it the kernel serves
  float plan_quantile = 0;             ///< of the kernel's or the model's prediction; 0 = its typical value
  bool plan_requested = false;         ///< plan with the request; the prediction only orders
  // Order::slowdown.
  std::int64_t order_cap_s = 14'400;     ///< predicted run times count at most as this
  std::int64_t protect_wait_s = 86'400;  ///< jobs that waited longer go first, by arrival ...
  double protect_rms_factor = 4.0;       ///< ... if also longer than this times the RMS of recent waits ...
  /// ... of about so many jobs that started last. Over all past jobs, quiet years make a congested month's
  /// waits look unjust: then protection sends the whole queue back to order of arrival (docs/benchmarks.md).
  std::uint32_t protect_recent_jobs = 500;
  /// Guard: what the blocked head was once promised (its start by requested times + this) is kept.
  std::optional<std::int64_t> promise_slack_s{};
  /// Predictions of a user's waiting jobs are renewed when one of the user's jobs ends, at most this often.
  std::optional<std::int64_t> renew_s{};
  OrderPolicy static_key{};         ///< Order::static_key
  bool kill_on_prediction = false;  ///< cut jobs at the plan: what a naive limit would do
  SlurmLoop slurm{};
  std::optional<FairSharePolicy> fair_share{};  ///< Backfill::slurm
  std::optional<TrialPolicy> trial{};           ///< Backfill::slurm
  std::optional<HoldingPolicy> hold{};          ///< Backfill::slurm, in a pool

  /// Whether a waiting job's place is a matter of its key besides its arrival: so also its priority.
  bool has_priorities() const { return order == Order::static_key || fair_share; }
};

/// The policies that the command line knows, by name.
std::vector<std::string_view> policy_names();
/// What may follow the name of a policy that imitates Slurm's scheduler: +hold, +hold-fixed ...
std::vector<std::string_view> hold_names();
/// nullopt for an unknown name, or a hold where there can be none.
std::optional<SchedulingPolicy> find_policy(std::string_view name);

/// requested, incremental, next-quantile.
std::optional<Correction> find_correction(std::string_view name);

std::string_view source_name(Source source);
std::optional<Source> find_source(std::string_view name);

}  // namespace foreshape
