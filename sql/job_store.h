// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Jobs into the store: in batches, each whole or not at all, any number of times with the same result.
//
// Runs in: offline.
// Threads: one object, one thread; store_jobs as the connection.

#include <optional>
#include <set>
#include <string_view>

#include "predictor/history/job_record.h"
#include "sql/copy_lines.h"
#include "sql/pg.h"
#include "sql/watermark.h"

namespace foreshape {

/// The state that the table job has a word for: "COMPLETED".
JobState state_of(std::string_view stored);

/// Jobs on their way into the store, as lines for COPY.
class JobBatch {
 public:
  /// Large enough that the cost of a transaction doesn't count, small enough that a kill loses little.
  static constexpr std::size_t kJobs = 20'000;

  /// With its runs before a requeue.
  void add(const JobRecord& job);
  std::size_t size() const { return jobs_; }
  bool is_full() const { return jobs_ >= kJobs; }
  void clear();

  std::string_view lines() const { return lines_.lines(); }
  /// First days of the months of the submit times, for partitions.
  const std::set<std::int64_t>& months() const { return months_; }

 private:
  void add_run(const JobRecord& run, bool is_requeued);

  CopyLines lines_;
  std::size_t jobs_ = 0;
  std::int64_t runs_ = 0;
  std::set<std::int64_t> months_;
};

/// Stores a batch and moves the watermark (where given), in one transaction. Returns how many rows are new or
/// changed.
/// - A job that is there already is brought up to date; one that has ended never runs again, a figure that
/// was measured
///   is never forgotten (a dump without steps), and what is equal is not written.
/// - A run that is an earlier one of the same submission (predictor/history/requeue.h) is replaced by the run
/// after it, which counts it; what it held stays in requeued_run.
/// - A job without a token gets that of the outcome that the agent saw.
/// Errors: those of Pg.
Result<std::int64_t> store_jobs(
    Pg& db, const JobBatch& batch,
    const std::optional<std::pair<IngestSource, Watermark>>& moved = std::nullopt);

}  // namespace foreshape
