// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The jobs that a replay submits again, and the machine they meet.
//
// Runs in: offline.
// Threads: plain values; a Workload is shared between threads once made.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "predictor/base/job.h"
#include "predictor/base/result.h"
#include "predictor/history/bad_rows.h"
#include "predictor/history/job_record.h"
#include "replay/cluster.h"

namespace foreshape {

/// Index of a job in its Workload: the order of submission.
using JobIndex = std::uint32_t;

/// A job as the replay knows it: what it asks and how long it will run.
struct ReplayJob {
  std::int64_t submit_s = 0;
  std::int64_t run_s = 0;    ///< >= 1, <= limit_s: the limit kills
  std::int64_t limit_s = 0;  ///< requested
  std::int32_t procs = 0;    ///< in the machine's units: processors, or nodes where they are not shared
  NodeDemand demand;         ///< where the machine has nodes: cores = procs
  std::uint32_t user = 0;    ///< numbered from 0 in order of appearance
  JobId id = 0;              ///< the trace's number
  JobRequest request;        ///< what a predictor may see; submit_s, cpus and limit_s as above
  JobState state = JobState::unknown;
};

struct Workload {
  std::string trace;            ///< the file's name without its directory
  std::vector<ReplayJob> jobs;  ///< by submission; in file order where equal
  std::int32_t procs = 0;       ///< the machine, all nodes together
  Cluster cluster;              ///< its nodes, if they are simulated
  std::uint32_t users = 0;
  std::vector<std::string> user_names;  ///< by ReplayJob::user, as the trace has them
  /// Jobs submitted before fill the machine and teach the predictors, but figures are not of them.
  UnixSeconds measured_from_s = INT64_MIN;
  bool is_measured(const ReplayJob& job) const { return job.submit_s >= measured_from_s; }
};

/// Why rows of a trace are not replayed, counted.
struct DroppedJobs {
  std::string reason;
  std::uint64_t jobs = 0;
};

struct LoadReport {
  std::uint64_t rows = 0;
  BadRows bad;
  std::vector<DroppedJobs> dropped;
  std::uint64_t capped_runs = 0;  ///< ran longer than requested: cut at the request
};

/// How a job's request is met.
enum class Sharing : std::uint8_t {
  pool,         ///< processors of one pool: the literature's machine
  shared,       ///< cores and memory of nodes that jobs share
  whole_nodes,  ///< nodes that belong to one job: the workload's processors are nodes then
};

struct LoadOptions {
  std::int32_t procs = 0;            ///< of a pool; 0 = as the trace's header says
  UnixSeconds from_s = 0;            ///< submissions before are left out; 0 = from the start
  UnixSeconds to_s = 0;              ///< submissions at or after are left out; 0 = to the end
  bool strict = false;               ///< stop at the first bad line
  std::int64_t default_limit_s = 0;  ///< requested time of jobs that requested none; 0 = those are left out
  Sharing sharing = Sharing::pool;
  Cluster cluster{};  ///< where sharing is not pool
};

struct LoadedWorkload {
  Workload workload;
  LoadReport report;
};

/// Reads a trace of any kind (predictor/history/job_file.h) under the literature's conventions: processors
/// are those requested, else those allocated; the run time is cut at the request; rows without a positive run
/// time, request or processor count, or with more processors (requested or allocated) than the machine has,
/// are dropped. Source: the conventions of Gaussier et al., SC'15, as their result files show them.
///
/// Errors: those of the reader; invalid_input - a bad line under `strict`, no machine size, no jobs left (the
/// message says how many went for which reason).
Result<LoadedWorkload> load_workload(const std::string& path, const LoadOptions& options);

/// By submission; in the order that they have where equal.
void sort_by_submission(std::vector<ReplayJob>& jobs);

/// The same workload with every submission put off by 0 to seconds_max seconds, drawn from the seed
/// (uniform, independent); sorted anew, in file order where equal.
Workload jittered(const Workload& workload, std::int64_t seconds_max, std::uint64_t seed);

}  // namespace foreshape
