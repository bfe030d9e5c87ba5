// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the site allows Foreshape to do: the part of foreshape.conf that decisions depend on.
//
// Runs in: slurmctld and offline.
// Threads: an immutable value once made (predictor/config makes it).

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/base/job.h"

namespace foreshape {

/// What is done with a prediction. Each includes the ones before it. Memory alone can be a dry run or
/// enforced.
enum class Mode : std::uint8_t {
  off,      ///< not even predicted
  observe,  ///< predicted and recorded, nothing is changed (default)
  dry_run,  ///< what enforce would tell Slurm is decided and recorded
  advise,   ///< the user is told in one line
  enforce,  ///< Slurm is told
};

/// Resources whose mode can be set one by one: the keys of foreshape.conf.
enum class Lever : std::uint8_t { run_time, memory, cpus, io };
inline constexpr std::size_t kLevers = 4;

using LeverModes = std::array<Mode, kLevers>;

/// Where a job may come to run: more than one where the user lists several (--partition=a,b).
struct JobPlaces {
  std::span<const TextHash> partitions, qoses;
  TextHash account = 0;
};

/// Which waiting jobs may be started on trial.
enum class TrialMode : std::uint8_t {
  off,
  opt_in,  ///< those that say so: --comment=foreshape=trial
  on,      ///< all that can be queued again as they were
};

/// Modes of one place; absent = inherited.
struct ScopedModes {
  std::array<std::optional<Mode>, kLevers> modes;
  std::optional<TrialMode> trial = std::nullopt;
};

/// "Partition=debug Memory=advise": overrides for jobs of that partition, QOS or account.
/// Where several fit, the later kind wins: cluster, partition, QOS, account.
struct ScopeRule {
  enum class Kind : std::uint8_t { partition, qos, account } kind = Kind::partition;
  std::string name;  ///< as written, for messages
  TextHash hash = 0;
  ScopedModes modes;
};

/// How the offset of the static key grows with the predicted run time p.
enum class OrderForm : std::uint8_t {
  log,          ///< L ln(1 + p / 10 s) + l p
  log_squared,  ///< L2 ln^2(1 + p / 10 s) + l p: less for minutes, more for hours
};

/// Whether Slurm is told the order; a dry run decides and records, and leaves Slurm alone.
enum class OrderMode : std::uint8_t { off, dry_run, on };

/// Order: the static key that Slurm's own priority can carry (docs/order.md).
struct OrderPolicy {
  OrderMode mode = OrderMode::off;
  OrderForm form = OrderForm::log;
  double log_offset_s = 36'000;         ///< L of OrderForm::log
  double log_squared_offset_s = 7'200;  ///< L2 of OrderForm::log_squared
  double linear_offset = 5.0;           ///< seconds of offset for each predicted second
  double width_discount = 0.9;          ///< share of the offset that a job as wide as the machine is spared
  std::int64_t max_offset_s = 604'800;  ///< nobody waits longer than this behind later jobs
  std::int64_t short_job_s = 0;         ///< jobs predicted shorter are overdue from the start; 0 = none
  std::int64_t renew_s = 300;           ///< how often waiting jobs are predicted anew; 0 = never
};

/// The form with the constants that go with it unless the site says otherwise.
constexpr OrderPolicy order_policy(OrderForm form) {
  OrderPolicy order;
  order.form = form;
  const bool squared = form == OrderForm::log_squared;
  order.max_offset_s = std::int64_t{squared ? 14 : 7} * 86'400;
  order.short_job_s = squared ? 600 : 0;
  return order;
}

/// Trial starts: a waiting job that fits now, but for what is planned for later, runs for a short time; if it
/// does not end, it is queued again as it was (docs/trials.md).
struct TrialStarts {
  TrialMode mode = TrialMode::off;
  std::int64_t length_s = 120;       ///< Slurm's own limit of the run is twice as long
  double chance_min = 0.1;           ///< of a run of less than ten minutes: others are not tried
  std::uint32_t user_day_max = 100;  ///< trials of one user in a day
};

/// Whether nodes are held; a dry run plans and records, and leaves Slurm alone.
enum class HoldMode : std::uint8_t { off, dry_run, on };

/// Holding nodes for jobs that have not been submitted yet.
struct HoldPolicy {
  HoldMode mode = HoldMode::dry_run;
  std::int64_t window_s = 900;  ///< how far ahead a forecast looks
  /// A job with a longer limit may enter only if that is within ten times its prediction.
  std::int64_t max_time_s = 3'600;
  // The pool, for all jobs predicted short.
  bool pool = true;
  std::int64_t short_job_s = 3'600;      ///< predicted run time below which a job may use the pool
  double pool_share_max = 0.10;          ///< of all nodes
  double pool_factor = 0.75;             ///< nodes held for each node foreseen
  double arrival_probability_min = 0.1;  ///< forecasts below it do not count
  std::int64_t head_blocked_s = 600;  ///< once a queue's head waits this long nothing is held that it needs
  // Personal holds, for the users named.
  std::vector<std::string> users;  ///< kEverybody alone: for whoever is foreseen surely enough
  double personal_probability_min = 0.5;
  std::uint32_t personal_nodes_max = 4;  ///< nodes of one hold
  std::int64_t deadline_s =
      900;             ///< unused after this: given back; who is foreseen within window_s needs as much
  bool chains = true;  ///< also at the end of a job, for the one that follows it
  std::int64_t chain_max_s = 28'800;  ///< a chain keeps its nodes for so long; then its next job queues
  // Caps on idle cost, node-seconds a day (rolling 24 h); at the cap nothing new is held.
  std::int64_t idle_cap_node_s = 86'400;
  std::int64_t idle_cap_per_partition_node_s = 86'400;
  std::int64_t idle_cap_per_user_node_s = 14'400;

  static constexpr const char* kEverybody = "auto";
  bool serves_everybody() const { return users.size() == 1 && users.front() == kEverybody; }
  /// Whether this user may have personal holds. name: empty = nobody's.
  bool serves(std::string_view name) const;
  /// Whether a job of that predicted run time may have one: of users whom the site did not name short jobs alone, since
  /// long ones that pass the queue put off all others (docs/experiments/2026-11-holds-in-replay.md). 0 = not known.
  bool serves_run(std::int64_t run_s) const {
    return !serves_everybody() || (run_s > 0 && run_s < short_job_s);
  }
};

struct Policy {
  LeverModes modes{Mode::observe, Mode::observe, Mode::observe, Mode::observe};
  std::vector<ScopeRule> rules;
  float run_time_margin = 0.95F;  ///< quantile of the prediction that is planned with
  float memory_margin = 0.99F;
  OrderPolicy order;
  TrialStarts trials;
  HoldPolicy hold;

  /// The modes for a job: the cluster's, overridden by the rules that fit. The least of the modes of all
  /// places in which the job may come to run: what a rule switches off for one of them is off until Slurm has
  /// chosen. Work is bounded by rules x names.
  LeverModes modes_for(const JobPlaces& places) const;

  /// Likewise, whether a job may be started on trial.
  TrialMode trial_for(const JobPlaces& places) const;

  /// True if some place has trial starts.
  bool has_trials() const;

  /// True if some place has this mode for the lever.
  bool has_mode(Lever lever, Mode mode) const;
};

}  // namespace foreshape
