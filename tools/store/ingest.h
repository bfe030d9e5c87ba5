// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// foreshape ingest: what its three sources share.
//
// Runs in: offline.
// Threads: main thread only.

#include <optional>
#include <string>

#include "predictor/base/clock.h"
#include "predictor/history/bad_rows.h"
#include "predictor/history/job_record.h"
#include "sql/job_store.h"
#include "tools/cli/progress.h"

namespace foreshape {

struct IngestOptions {
  std::string database;
  std::string cluster;    ///< "" = as the source says
  std::string delimiter;  ///< sacct files: "" = as the header says
  std::string file;       ///< sacct: "" = run sacct; swf: the trace; journal: the directory
  std::optional<UnixSeconds> since_s;
  std::int64_t overlap_s = 0;
  bool strict = false;
  bool utc = false;
};

Result<void> ingest_sacct_file(Pg& db, const IngestOptions& options);
Result<void> ingest_sacct_live(Pg& db, const IngestOptions& options);
Result<void> ingest_swf(Pg& db, const IngestOptions& options);
Result<void> ingest_journal(Pg& db, const IngestOptions& options);

/// --cluster, else what Slurm's own configuration says (scontrol show config).
/// Errors: unavailable - scontrol gives no answer; the message says to use --cluster.
Result<std::string> cluster_name(const IngestOptions& options);

/// Takes jobs one by one and stores them batch by batch.
class JobFeed {
 public:
  JobFeed(Pg& db, const IngestOptions& options);

  Result<void> take(const JobRecord& job, double share);
  /// Stores what is left; then the watermark may be moved.
  Result<void> finish(const std::optional<std::pair<IngestSource, Watermark>>& moved = std::nullopt);

  /// A line that was passed over or a field that was left out: the first ones are shown, all are counted.
  /// With --strict the next take() fails.
  void note(const BadLine& bad, const std::string& file);

  std::uint64_t jobs() const { return jobs_; }
  /// Errors: invalid_input - lines were there, and none was understood: the file is not what it seems.
  Result<void> check_understood(const std::string& file) const;
  /// "11,704 jobs read, 11,704 rows new or changed, 0 lines not understood, 0.4 s (29,260 jobs/s)"; what
  /// was left out as BadRows::summary() says it
  std::string summary() const;

 private:
  Result<void> store(const std::optional<std::pair<IngestSource, Watermark>>& moved);

  Pg& db_;
  const IngestOptions& options_;
  Progress progress_;
  JobBatch batch_;
  std::uint64_t jobs_ = 0, rows_ = 0;
  std::int64_t changed_ = 0;
  BadRows bad_;
  bool has_told_of_more_ = false;  // that bad lines are only counted
};

}  // namespace foreshape
