#pragma once
// Jobs of a Torque cluster from a table of its accounting's end records (tab-separated; the public IU-Mason
// data).
//
// Runs in: offline.
// Threads: one object, one thread.

#include <optional>

#include "predictor/history/job_record.h"
#include "predictor/history/table_file.h"

namespace foreshape {

/// What the columns become:
/// - job_id (of an array's task, 526995[1], the number before the bracket), user_id, group_id (as the
/// account), jobname (hashed with digits folded), queue (as the partition)
/// - submit_epoch, start_epoch, end_epoch; used_walltime_s = run time; req_walltime_s = limit
/// - nodes; slots = requested and allocated cpus
/// - req_mem_kb, else req_vmem_kb, and used_mem_kb: of the whole job, spread evenly over its nodes; a used
///   memory of 0 was never sampled: absent
/// - used_cput_s / (slots x run time) = cpu efficiency
/// - exit_status 0 completed, 271 (256 + SIGTERM: deleted) cancelled, else failed
class TorqueTable {
 public:
  static Result<TorqueTable> open(const std::string& path, TableFile::OnBad on_bad = {});
  /// The next job, or nullopt at the end. Errors: those of TableFile::next_row.
  Result<std::optional<JobRecord>> next();
  std::uint64_t bad_lines() const { return table_.bad_lines(); }

 private:
  explicit TorqueTable(TableFile table) : table_(std::move(table)) {}
  JobRecord read_row();
  void read_usage(JobRecord& job, std::int64_t nodes);

  TableFile table_;
};

}  // namespace foreshape
