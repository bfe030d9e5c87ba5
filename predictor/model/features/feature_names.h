// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The features by name: where each stands in the arrays that the network reads.
//
// Runs in: slurmctld and offline.
// Threads: constants.
//
// A weight belongs to a position: adding, dropping or moving a feature makes earlier models useless, and
// kFeaturesVersion says so. "Log time" is (ln seconds - 7) / 3; "log count" ln(1 + n) / 4. What is missing
// is 0, and the feature after it named *_missing is 1.

#include <cstddef>
#include <cstdint>

namespace foreshape {

inline constexpr std::uint32_t kFeaturesVersion = 1;

/// Of the job itself, its user and the moment.
enum class JobFeature : std::uint8_t {
  hour_sin,
  hour_cos,
  week_sin,
  week_cos,  // UTC
  // the request
  limit,
  limit_missing,
  limit_whole_hours,
  limit_whole_days,
  cpus,
  nodes,
  nodes_missing,
  memory,
  memory_missing,
  tasks,
  tasks_missing,
  gpus,
  gpus_missing,
  array_tasks,
  interactive,
  has_dependency,
  has_gres,
  has_licenses,
  has_burst_buffer,
  // what the kernel says: log times of run time, and their spread
  kernel_missing,
  kernel_typical,
  kernel_mean,
  kernel_q10,
  kernel_q25,
  kernel_q50,
  kernel_q75,
  kernel_q90,
  kernel_q95,
  kernel_spread,
  kernel_share,
  kernel_similar,
  kernel_memory,
  kernel_memory_missing,
  kernel_efficiency,
  kernel_efficiency_missing,
  kernel_read,
  kernel_read_missing,
  kernel_written,
  kernel_written_missing,
  from_account,
  from_cluster,
  // the user's finished jobs
  own_jobs,
  own_missing,
  last_run,
  last_share,
  last_two_run,
  mean_share,
  hit_limit,
  failed,
  cancelled,
  brief,
  // of those with the same limit and cpus
  same_key,
  same_key_missing,
  same_key_last,
  same_key_least,
  same_key_most,
  same_key_mean,
  // of those with the same name or script
  same_name,
  same_name_missing,
  same_name_last,
  same_name_mean,
  same_name_share,
  // gaps and bursts
  since_submit,
  since_submit_missing,
  since_end,
  since_end_missing,
  burst_1min,
  burst_10min,
  burst_1h,
  ended_10min,
  ended_10min_run,
  ended_10min_missing,
  ended_1h,
  ended_1h_run,
  ended_1h_missing,
  // the user's running and pending jobs
  running,
  pending,
  running_cpus,
  longest_elapsed,
  shortest_elapsed,
  running_missing,
  same_key_running,
  same_key_pending,
  same_key_elapsed,
  same_key_elapsed_least,
  same_key_running_missing,
  count_
};
inline constexpr std::size_t kJobFeatures = static_cast<std::size_t>(JobFeature::count_);

/// Of the job and one candidate.
enum class PairFeature : std::uint8_t {
  rank,
  since_end,
  since_submit,
  kernel_log_weight,
  density,
  own,
  same_limit,
  limit_difference,
  limit_distance,
  same_cpus,
  cpus_difference,
  cpus_distance,
  same_key,
  same_name,
  same_script,
  same_work_dir,
  same_partition,
  same_account,
  same_qos,
  same_interactive,
  memory_difference,
  memory_missing,
  same_burst,
  same_second,
  hour_distance,
  run,
  run_share,
  own_share,
  hit_limit,
  failed,
  cancelled,
  wait,
  above_elapsed,
  count_
};
inline constexpr std::size_t kPairFeatures = static_cast<std::size_t>(PairFeature::count_);

/// Names as hashes: the network keeps an embedding for each bucket.
enum class Identity : std::uint8_t { user, account, name, partition, qos, script, work_dir, count_ };
inline constexpr std::size_t kIdentities = static_cast<std::size_t>(Identity::count_);

}  // namespace foreshape
