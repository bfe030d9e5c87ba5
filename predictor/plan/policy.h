#pragma once
// What the site allows Foreshape to do: the part of foreshape.conf that decisions depend on.
//
// Runs in: slurmctld and offline.
// Threads: an immutable value once made (predictor/config makes it).

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "predictor/base/job.h"

namespace foreshape {

/// What is done with a prediction. Each includes the ones before it.
enum class Mode : std::uint8_t {
  off,      ///< not even predicted
  observe,  ///< predicted and recorded, nothing is changed (default)
  advise,   ///< the user is told in one line
  enforce,  ///< Slurm is told
};

/// Resources whose mode can be set one by one: the keys of foreshape.conf.
enum class Lever : std::uint8_t { run_time, memory, cpus, io };
inline constexpr std::size_t kLevers = 4;

/// Modes of one place; absent = inherited.
struct ScopedModes {
  std::array<std::optional<Mode>, kLevers> modes;
};

/// "Partition=debug Memory=advise": overrides for jobs of that partition, QOS or account.
/// Where several fit, the later kind wins: cluster, partition, QOS, account.
struct ScopeRule {
  enum class Kind : std::uint8_t { partition, qos, account } kind = Kind::partition;
  std::string name;  ///< as written, for messages
  TextHash hash = 0;
  ScopedModes modes;
};

/// Order: the static key that Slurm's own priority can carry (docs/order.md).
struct OrderPolicy {
  bool on = false;
  double log_offset_s = 36'000;         ///< weight of ln(1 + p / 10 s)
  double linear_offset = 5.0;           ///< seconds of offset for each predicted second
  double width_discount = 0.9;          ///< share of the offset that a job as wide as the machine is spared
  std::int64_t max_offset_s = 604'800;  ///< nobody waits longer than this behind later jobs
};

/// Holding nodes for jobs that are not there yet.
struct HoldPolicy {
  enum class Mode : std::uint8_t { off, dry_run, on } mode = Mode::dry_run;
  std::int64_t window_s = 900;  ///< how far ahead a forecast looks
  // The pool, for all jobs predicted short.
  bool pool = true;
  std::int64_t short_job_s = 3'600;      ///< predicted run time below which a job may use the pool
  double pool_share_max = 0.10;          ///< of all nodes
  double pool_factor = 0.75;             ///< nodes held for each node foreseen
  double arrival_probability_min = 0.1;  ///< forecasts below it do not count
  std::int64_t head_blocked_s = 600;  ///< once the queue's head waits this long the pool takes no more nodes
  // Personal holds, for the users named.
  std::vector<std::string> users;
  double personal_probability_min = 0.5;
  std::uint32_t personal_nodes_max = 4;  ///< nodes of one hold
  std::int64_t deadline_s = 600;         ///< unused after this: given back
  // Caps on idle cost, node-seconds a day (rolling 24 h); at the cap nothing new is held.
  std::int64_t idle_cap_node_s = 86'400;
  std::int64_t idle_cap_per_partition_node_s = 86'400;
  std::int64_t idle_cap_per_user_node_s = 14'400;
};

struct Policy {
  std::array<Mode, kLevers> modes{Mode::observe, Mode::observe, Mode::observe, Mode::observe};
  std::vector<ScopeRule> rules;
  float run_time_margin = 0.95F;  ///< quantile of the prediction that is planned with
  float memory_margin = 0.99F;
  OrderPolicy order;
  HoldPolicy hold;

  /// The mode for this job: the cluster's, overridden by the rules that fit.
  Mode mode_for(Lever lever, TextHash partition, TextHash qos, TextHash account) const;
};

}  // namespace foreshape
