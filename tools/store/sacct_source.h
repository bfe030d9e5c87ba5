// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Jobs from a running sacct, told so that no text of a user can forge a row.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "predictor/history/job_record.h"
#include "predictor/history/sacct.h"

namespace foreshape {

/// A site's history is read in pieces: sacct keeps all that it prints in memory, and a kill loses one piece
/// only.
inline constexpr std::int64_t kPieceOfHistory_s = 86'400;

class SacctSource {
 public:
  /// share: of its output read so far; 0 where that is not known.
  using OnJob = std::function<Result<void>(const JobRecord& job, double share)>;

  explicit SacctSource(std::string cluster);

  /// Runs sacct with these words (a selection of jobs of all users) and calls job for each. What stands between
  /// its fields is new with each call.
  /// Errors: those of job, of ChildProcess and SacctReader; unavailable - sacct failed.
  Result<void> read(const std::vector<std::string>& selection, const OnJob& job,
                    const SacctReader::OnBad& bad) const;

  /// The same for jobs that were there in [from_s, to_s). A job may come in two pieces of a time.
  Result<void> read_piece(UnixSeconds from_s, UnixSeconds to_s, const OnJob& job,
                          const SacctReader::OnBad& bad) const;

 private:
  std::string cluster_;
};

}  // namespace foreshape
