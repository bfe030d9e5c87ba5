// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// One job put together from sacct's lines about it: its own, its steps', and those of its runs before a
// requeue.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstdint>
#include <optional>
#include <string_view>

#include "predictor/history/job_record.h"

namespace foreshape {

/// What the line of one step says.
struct SacctStep {
  bool is_batch = false;
  bool is_extern = false;  ///< of processes outside any step (ssh); runs for as long as the job does
  JobState state = JobState::unknown;
  std::int64_t tasks = 1, nodes = 1;
  std::optional<std::int64_t> task_memory_bytes;  ///< MaxRSS: of the largest task
  std::optional<std::int64_t> cpu_ms;
  std::optional<std::int64_t> read_bytes, written_bytes;  ///< sums over the step's tasks
};

/// How steps become a job:
/// - Peak memory per node = the largest over steps of MaxRSS x tasks on a node (tasks / nodes, rounded up).
///   Slurm keeps only the largest task of a step, so a step of unequal tasks is taken as larger than it was,
///   and steps that ran side by side as smaller. The batch step is one task that holds all that the script
///   started itself; what srun started is in steps of its own, not in it.
/// - CPU time = the sum over steps, batch and extern included: each process is counted in one step only.
/// sacct prints
///   that same sum on the job's own line; adding that would count it twice. It is used where there are no
///   steps.
/// - Bytes = the sum over steps.
/// - A step that ended before the first sample shows 0 everywhere: such zeros are "not measured". The extern
/// step,
///   which is always sampled and nearly empty, counts for memory and bytes only in a job that has no other
///   step.
class SacctJob {
 public:
  /// record: the job's own line; its usage is completed by finish(). own_cpu_ms: TotalCPU of that line.
  /// has_submit_line: the record's `interactive` is sure; else the steps tell (only a batch job has a batch
  /// step).
  SacctJob(JobRecord record, std::optional<std::int64_t> own_cpu_ms, bool has_submit_line)
      : record_(std::move(record)),
        own_cpu_ms_(own_cpu_ms),
        has_submit_line_(has_submit_line),
        first_submit_s_(record_.request.submit_s) {}

  const JobRecord& record() const { return record_; }
  void add(const SacctStep& step);

  /// True if the two are runs of one submission (requeue.h), whichever came first.
  bool is_other_run(const JobRecord& other) const;
  /// Keeps a run before a requeue, and the runs before that one.
  void add_requeued_run(SacctJob earlier);

  /// True if the steps say more cpu time than the job's cpus had (cpu_time.h): Slurm's own fault. finish()
  /// leaves the efficiency out then.
  bool is_cpu_time_impossible() const;

  /// The job with its usage.
  JobRecord finish() &&;

 private:
  struct Sums {
    std::optional<std::int64_t> peak_bytes, read_bytes, written_bytes;
    void add(const SacctStep& step);
  };
  /// By its steps and its size; of a run that was queued again, too, whose state accounting has written over.
  bool was_killed_for_memory() const;
  void undo_shaping();
  /// As the figures say, possible or not.
  std::optional<double> cpu_efficiency() const;

  JobRecord record_;
  std::optional<std::int64_t> own_cpu_ms_;
  bool has_submit_line_ = false;
  bool has_step_ = false, has_batch_ = false, has_inner_step_ = false;
  bool out_of_memory_step_ = false, cancelled_step_ = false;
  std::int64_t cpu_ms_ = 0;
  UnixSeconds first_submit_s_ = 0;  // of the earliest run: a job may be cut off more than once
  Sums inner_, outer_;              // of all steps but extern; of extern
};

}  // namespace foreshape
