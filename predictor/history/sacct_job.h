#pragma once
// One job put together from sacct's lines about it: its own, its steps', and those of its earlier runs.
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
      : record_(std::move(record)), own_cpu_ms_(own_cpu_ms), has_submit_line_(has_submit_line) {}

  const JobRecord& record() const { return record_; }
  void add(const SacctStep& step);

  /// True if one of the two is a run of the same job before or after it was requeued: the same raw id and
  /// user, and the same submission (token), or a run that was cut off and put back.
  bool is_other_run(const JobRecord& other) const;
  /// Counts an earlier run. requeues: of that run.
  void add_earlier_run(std::uint32_t requeues) { record_.requeues += requeues + 1; }

  /// The job with its usage.
  JobRecord finish() &&;

 private:
  struct Sums {
    std::optional<std::int64_t> peak_bytes, read_bytes, written_bytes;
    void add(const SacctStep& step);
  };
  void recognise_memory_kill();

  JobRecord record_;
  std::optional<std::int64_t> own_cpu_ms_;
  bool has_submit_line_ = false;
  bool has_step_ = false, has_batch_ = false, has_inner_step_ = false;
  bool out_of_memory_step_ = false, cancelled_step_ = false;
  std::int64_t cpu_ms_ = 0;
  Sums inner_, outer_;  // of all steps but extern; of extern
};

}  // namespace foreshape
