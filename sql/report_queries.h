// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the report asks the store: jobs, accuracy, holds. The rows that a user may see are the store's
// decision (row-level security), not ours.
//
// Runs in: offline.
// Threads: as the connection they are given.

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "predictor/base/clock.h"
#include "predictor/base/prediction.h"
#include "predictor/base/result.h"
#include "sql/job_filter.h"

namespace foreshape {

class Pg;

/// One row of the view job_report. Memory is per node; times are seconds since 1970, 0 = not yet.
struct ReportedJob {
  std::int64_t job_id = 0, uid = 0;
  std::string job_id_text, cluster, user, account, partition, qos, name, state;
  UnixSeconds submit_s = 0, start_s = 0, end_s = 0;
  std::int64_t requeues = 0;

  std::optional<std::int64_t> requested_nodes, requested_cpus, requested_memory_bytes, requested_limit_s;
  std::optional<std::int64_t> requested_gpus;  ///< of the whole job

  Prediction prediction;  ///< forecasts with jobs = 0 where nothing was known
  bool was_predicted = false;
  std::string evidence;

  std::string run_time_mode, memory_mode;  ///< "" without a decision
  std::optional<std::int64_t> planned_run_s, planned_memory_bytes, order_offset_s;
  bool opted_out = false;

  std::optional<std::int64_t> allocated_nodes, allocated_cpus, run_s, peak_memory_bytes;
  std::optional<double> cpu_efficiency;
  std::optional<std::int64_t> read_bytes, written_bytes;
};

/// How right the predictions were. A job counts if it was predicted and measured (COMPLETED, FAILED). One
/// that was cut off (TIMEOUT, OUT_OF_MEMORY) counts only where it had used more than planned already: that
/// plan was too small, while a job that was cut off before says nothing.
struct Accuracy {
  std::int64_t measured = 0;   ///< jobs whose prediction can be compared with what they used
  double ratio_sum = 0;        ///< over the measured: smaller / larger of predicted and used
  std::int64_t planned = 0;    ///< jobs that can be compared with their plan
  std::int64_t too_small = 0;  ///< of them: used more than planned
  std::array<std::int64_t, 4>
      within{};  ///< of the measured: used no more than the quantile at kCoverageLevels
};
inline constexpr std::array<float, 4> kCoverageLevels = {.5F, .8F, .95F, .99F};

/// Of what a summary has a row. name: of the jobs of one name of a user; array: of an array's tasks, jobs
/// that are none are left out.
enum class SummaryBy { user, account, name, array };

struct UserSummary {
  std::string user;                           ///< "" of an account
  std::string account, name, array, cluster;  ///< "" where the row is not of one
  std::int64_t jobs = 0;                      ///< finished in the window
  std::int64_t predicted = 0;                 ///< of them: with a prediction
  Accuracy run_time, memory;
  double core_hours_requested = 0;  ///< time limit x cpus, jobs that ran and had a limit
  double core_hours_used = 0;       ///< run time x cpus, the same jobs
  double gib_hours_requested = 0;  ///< memory x nodes x run time, jobs that ran and whose memory was measured
  double gib_hours_used = 0;
  double gpu_hours_requested = 0;  ///< GPUs x run time
  std::int64_t failed = 0;         ///< neither completed nor cancelled
  std::optional<std::int64_t> longest_run_s, largest_memory_bytes;
  double core_s_busy = 0, core_s_measured = 0;  ///< of jobs whose CPU time was measured
  std::int64_t started = 0;
  double wait_s = 0;  ///< of all that started
};

/// A user's ended jobs of one name, each task of an array one. Memory is per node. Used figures are of the
/// jobs that were measured (COMPLETED, FAILED), the cut-off ones of those that met their limit: they had so
/// much, and needed more.
struct NameSummary {
  std::string user, name;
  std::int64_t jobs = 0, measured = 0, memory_measured = 0, timeouts = 0, out_of_memory = 0;
  std::optional<std::int64_t> requested_limit_s, requested_memory_bytes;  ///< of the newest with one
  std::optional<std::int64_t> longest_run_s, longest_cut_off_s;
  std::optional<std::int64_t> largest_memory_bytes, largest_cut_off_memory_bytes;
  std::optional<double> cpu_efficiency;  ///< by core-hours
  double core_hours = 0;
  std::optional<double> mean_wait_s;           ///< of those that started
  std::optional<std::int64_t> requested_cpus;  ///< of the newest
  std::int64_t cpus_measured = 0;
  std::optional<double> busiest_cpus;          ///< cpu time / run time of the job where that is largest
  std::optional<std::int64_t> requested_gpus;  ///< of the newest
};

/// One pre-allocation.
struct ReportedHold {
  std::string cluster, reservation, kind, partition, user;
  UnixSeconds created_s = 0, deadline_s = 0, closed_s = 0;  ///< 0 = none, still open
  std::int64_t nodes = 0, hits = 0, idle_node_s = 0;
  bool dry_run = false;
};

/// A job of which a dry run decided something.
struct ShadowJob {
  std::string cluster, partition;
  UnixSeconds submit_s = 0, start_s = 0, end_s = 0;                       ///< 0 = not yet
  std::int64_t run_s = 0, nodes = 0, cpus = 0;                            ///< 0 = it never ran
  std::optional<std::int64_t> requested_memory_bytes, peak_memory_bytes;  ///< per node
  std::optional<std::int64_t> order_offset_s;       ///< what Order=on would have told Slurm
  std::optional<std::int64_t> shaped_memory_bytes;  ///< per node, what Memory=enforce would have given it
};

/// A user's staging in one week.
struct StagingWeek {
  std::string monday, user;           ///< "2026-11-16", UTC
  std::int64_t hits = 0, misses = 0;  ///< inputs of jobs: told of a copy; found none
  std::int64_t planned = 0, staged = 0, failed = 0;
  std::int64_t staged_bytes = 0, expired_bytes = 0;
  std::int64_t unused_bytes = 0;  ///< of the expired: no job was told of them
  std::int64_t saved_s = 0;       ///< what copying took to read what jobs then read from the copy
};

/// Who is asking, as the database sees it.
struct Viewer {
  std::string role;
  bool is_operator = false;  ///< sees everybody's rows
};

/// Errors of all of these: unavailable - no answer from the database, or it has no store of ours.
Result<Viewer> viewer(Pg& db);

/// Whether the store has jobs of a user, by name or uid, that the one who asks may see.
Result<bool> knows_user(Pg& db, const std::string& user);

/// Calls row for each job, ordered by submission; stops early without an error where row returns false.
Result<void> for_each_job(Pg& db, const JobFilter& filter,
                          const std::function<bool(const ReportedJob&)>& row);

/// One entry for each user, or of what `by` says; start_s and end_s are about when a job ended.
Result<std::vector<UserSummary>> summarize_users(Pg& db, const JobFilter& filter,
                                                 SummaryBy by = SummaryBy::user);

/// By user, then by core-hours, most first; start_s and end_s are about when a job ended.
Result<std::vector<NameSummary>> summarize_names(Pg& db, const JobFilter& filter);

/// Calls job for each that was submitted in the window, oldest first; filter: times, partitions, clusters.
Result<void> for_each_shadow_job(Pg& db, const JobFilter& filter,
                                 const std::function<void(const ShadowJob&)>& job);

/// Pre-allocations alive in the window, oldest first; filter: times, users, partitions, clusters.
Result<std::vector<ReportedHold>> select_holds(Pg& db, const JobFilter& filter);

/// Staging by week and user; filter: times, users, clusters.
Result<std::vector<StagingWeek>> select_staging(Pg& db, const JobFilter& filter);

}  // namespace foreshape
