#pragma once
// Jobs from `sacct --parsable2`: a file with or without a header, or sacct's own output through a pipe.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "predictor/base/result.h"
#include "predictor/history/bad_line.h"
#include "predictor/history/job_record.h"
#include "predictor/history/sacct_columns.h"
#include "predictor/history/sacct_job.h"
#include "predictor/history/slurm_units.h"
#include "predictor/history/text_file.h"

namespace foreshape {

struct SacctOptions {
  /// Between fields. Our own runs of sacct use one that nobody can guess, so that no job name can forge a
  /// line.
  std::string delimiter = "|";
  /// A line with too few fields goes on in the next one: a job's name may hold a line feed. Only with such a
  /// delimiter.
  bool lines_may_continue = false;
  bool utc =
      false;  ///< times are UTC; else in the process's time zone. Dumps without a header always are UTC.
  std::string cluster;  ///< of jobs whose line does not say one
};

/// Reads job by job. A line's fields become:
/// - job_id = JobIDRaw (of JobID where it is a plain number), requests per node, limits in seconds; see
/// slurm_units.h
/// - asked_nodes, gpus = node= and gres/gpu= of ReqTRES; array_tasks 1 in a task of an array (its size is not
/// told)
/// - interactive: SubmitLine begins with srun or salloc; without that column: there are steps, but no batch
/// step
/// - start: absent where AllocTRES is there and empty
/// - token = the 16 digits after "foreshape=" in AdminComment
/// Steps follow their job's line and are merged into it (sacct_job.h); so are earlier runs of a requeued job
/// whose lines stand next to it (sacct prints by submit time: the store joins those that stand apart).
class SacctReader {
 public:
  using OnBad = std::function<void(const BadLine&)>;

  /// on_bad: told of every line that is passed over; may be empty.
  /// Errors: those of TextFile::open.
  static Result<SacctReader> open(const std::string& path, SacctOptions options, OnBad on_bad = {});

  /// The next job, or nullopt at the end.
  /// Errors: those of TextFile::next; invalid_input - the header lacks a needed column.
  Result<std::optional<JobRecord>> next();

  const TextFile& file() const { return file_; }
  std::uint64_t bad_lines() const { return bad_lines_; }

 private:
  SacctReader(TextFile file, SacctOptions options, OnBad on_bad);
  /// Fills fields_ from the next line that is not a header; false at the end.
  Result<bool> next_fields();
  /// Appends lines while fields are missing; false if the file ends meanwhile.
  Result<bool> complete_fields();
  bool join_surplus_fields();
  void refuse(std::string field, std::string reason);
  /// The finished job before, where this line begins another one.
  std::optional<JobRecord> take_line();
  std::optional<JobRecord> begin_job(SacctJob job);
  void add_step(const JobIdText& id);

  TextFile file_;
  SacctOptions options_;
  OnBad on_bad_;
  std::optional<SacctLayout> layout_;
  std::string header_;  // the file's own; empty where it has none
  std::string line_;    // fields_ point into it
  std::uint64_t line_number_ = 0;
  std::vector<std::string_view> fields_;
  std::optional<SacctJob> job_;
  bool skip_steps_ = false;  // of a job whose own line was bad, or of an earlier run
  std::uint64_t bad_lines_ = 0;
};

}  // namespace foreshape
