// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Jobs from `sacct --parsable2`: a file with or without a header, or sacct's own output through a pipe.
//
// In a file whose delimiter users can type a job's name may hold whole rows. What they say is not believed
// where the file shows it (sacct_rows.h): a step of a job, or its row once more, that comes after rows of
// others is proof that its text went on, since sacct prints a job's rows together.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "predictor/base/result.h"
#include "predictor/history/bad_line.h"
#include "predictor/history/job_id_text.h"
#include "predictor/history/job_record.h"
#include "predictor/history/sacct_job.h"
#include "predictor/history/sacct_rows.h"

namespace foreshape {

struct SacctOptions {
  /// Between fields; "" = as the header says, '|' without one. Our own runs of sacct use one that nobody can
  /// guess, so that no job name can forge a row.
  std::string delimiter = {};
  bool utc =
      false;  ///< times are UTC; else in the process's time zone. Dumps without a header always are UTC.
  std::string cluster = {};  ///< of jobs whose line does not say one
};

/// Reads job by job. A line's fields become:
/// - job_id = JobIDRaw (of JobID where it is a plain number), requests per node, limits in seconds; see
/// slurm_time.h
/// - requested_nodes, gpus = node= and gres/gpu= of ReqTRES; array_tasks 1 in a task of an array (its size is
/// not told)
/// - interactive: SubmitLine begins with srun or salloc; without that column: there are steps, but no batch
/// step
/// - start: absent where AllocTRES is there and empty
/// - token = the 16 digits after "foreshape=" in AdminComment
/// Steps follow their job's line and are merged into it (sacct_job.h); so are runs before a requeue
/// (requeue.h) whose lines stand next to it (sacct prints by submit time: the store joins those that stand
/// apart).
class SacctReader {
 public:
  using OnBad = std::function<void(const BadLine&)>;

  /// on_bad: told of every line that is passed over and of every field that is left out; may be empty.
  /// Errors: those of TextFile::open.
  static Result<SacctReader> open(const std::string& path, SacctOptions options, OnBad on_bad = {});

  /// The next job, or nullopt at the end.
  /// Errors: those of SacctRows::next.
  Result<std::optional<JobRecord>> next();

  const TextFile& file() const { return rows_->file(); }
  /// Lines that were passed over.
  std::uint64_t bad_lines() const { return counts_->lines; }
  /// Fields that were left out of lines that were read.
  std::uint64_t bad_fields() const { return counts_->fields; }

 private:
  /// A job whose lines may not all be read yet.
  struct Held {
    SacctJob job;
    std::uint64_t line = 0;
    bool has_steps = false;
    std::uint64_t end_byte = 0;  ///< of its last row
    bool is_whole = true;        ///< that row has all columns
  };

  SacctReader(TextFile file, SacctOptions options, OnBad on_bad);
  void note(const BadLine& bad);
  void refuse(std::string field, std::string reason);
  /// Tells of fields of this line that were left out.
  void tell(const std::vector<BadLine>& left_out);
  void take_row();
  void begin_job(SacctJob job);
  void add_step(const JobIdText& id);
  /// The held job of that id, or of that id and submission; the end where there is none.
  std::deque<Held>::iterator held(JobId id, std::optional<UnixSeconds> submit_s = std::nullopt);
  /// The row being read is one more of that job.
  void extend(Held& job);
  /// True if the job's text may reach to the row being read, over the rows of the jobs held behind it.
  bool may_reach(const Held& job, bool is_step) const;
  /// Leaves out the jobs that are held behind that one: its text goes on beyond their rows.
  void refuse_behind(const std::deque<Held>::iterator& job);
  /// The job that is held longest, done; its place is given up.
  JobRecord release();

  SacctOptions options_;
  OnBad on_bad_;
  std::unique_ptr<SacctRows> rows_;  // its callback knows this object's parts by the shared state below
  struct Counts {
    std::uint64_t lines = 0, fields = 0;
  };
  std::shared_ptr<Counts> counts_ = std::make_shared<Counts>();
  std::deque<Held> held_;         // by their rows' order
  std::optional<JobId> skipped_;  // whose steps are passed over: of a bad row, or of a requeued run
  bool skip_unknown_ = false;     // after a row without a readable id
};

}  // namespace foreshape
