// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which jobs have finished since the last look at Slurm's job list.
//
// Runs in: slurmctld (agent thread).
// Threads: one thread at a time.

#include <cstdint>
#include <optional>
#include <slurm/slurm.h>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "predictor/base/job.h"
#include "predictor/journal/event.h"
#include "predictor/profile/past_job.h"
#include "slurm-plugin/base/recent_submissions.h"
#include "slurm-plugin/base/request_memory.h"

namespace foreshape {

/// What a profile keeps of it; nullopt where it does not say what was requested.
std::optional<PastJob> past_job_of(const OutcomeEvent& outcome);

class OutcomeWatch {
 public:
  /// Finds the token of every job in the list, and keeps it for as long as the job is there: what a prolog or
  /// an administrator makes of the admin comment later does not matter. A job that comes without a token, and
  /// was submitted since started_s, is found by its user, name and second of submission.
  void identify(const job_info_msg_t& jobs, RecentSubmissions& recent, UnixSeconds started_s);

  /// The jobs of this list that are over, and were not in the lists before: each job is reported once, with
  /// what it requested. A requeued job is reported again for its next run. After a restart of slurmctld, jobs
  /// that it still remembers come again unless know() has them.
  std::vector<OutcomeEvent> newly_finished(const job_info_msg_t& jobs, const RequestMemory& requests);

  /// Jobs of newly_finished() that came since started_s and whose token was not found: their predictions are
  /// recorded and will not be compared with what they used. An array counts once.
  std::uint64_t unmatched() const { return unmatched_; }

  /// The token that identify() found; else the one in its admin comment; 0 = none.
  SubmissionToken token_of(const slurm_job_info_t& job) const;

  /// All tokens of the last list, sorted.
  std::vector<SubmissionToken> tokens() const;

  /// This end was reported before the restart: the next list's is no news.
  void know(const OutcomeEvent& outcome);

 private:
  // Job and end of what was finished in the last list: no larger than that list.
  std::unordered_set<std::uint64_t> finished_;
  std::unordered_map<JobId, SubmissionToken> tokens_;  // of the last list's jobs; an array has one
  UnixSeconds started_s_ = 0;
  std::uint64_t unmatched_ = 0;
};

}  // namespace foreshape
