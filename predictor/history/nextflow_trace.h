#pragma once
// Tasks of a workflow from Nextflow's trace file (comma-separated, raw figures; the public Sizey data).
// Source: nextflow.io/docs/latest/reports.html, "Trace file".
//
// Runs in: offline.
// Threads: one object, one thread.

#include <optional>

#include "predictor/history/job_record.h"
#include "predictor/history/table_file.h"

namespace foreshape {

/// What the columns become (times are milliseconds, sizes bytes, "-" is absent):
/// - task_id = the job's number; process = the name (digits folded in its hash); no user: kUnknownUser
/// - submit, start, complete; realtime = run time, rounded up to seconds; time = limit
/// - cpus, memory = requested, on one node; peak_rss, read_bytes, write_bytes
/// - %cpu of one core / cpus = cpu efficiency
/// - status COMPLETED and CACHED completed, ABORTED cancelled, else failed
class NextflowTrace {
 public:
  static Result<NextflowTrace> open(const std::string& path, TableFile::OnBad on_bad = {});
  /// The next task, or nullopt at the end. Errors: those of TableFile::next_row.
  Result<std::optional<JobRecord>> next();
  std::uint64_t bad_lines() const { return table_.bad_lines(); }

 private:
  explicit NextflowTrace(TableFile table) : table_(std::move(table)) {}
  JobRecord read_row();
  void read_usage(JobRecord& job);

  TableFile table_;
};

}  // namespace foreshape
