#pragma once
// Which jobs have finished since the last look at Slurm's job list.
//
// Runs in: slurmctld (agent thread).
// Threads: one thread at a time.

#include <cstdint>
#include <optional>
#include <slurm/slurm.h>
#include <unordered_set>
#include <vector>

#include "predictor/base/job.h"
#include "predictor/journal/event.h"
#include "predictor/profile/past_job.h"
#include "slurm-plugin/request_memory.h"

namespace foreshape {

/// The state in Slurm's own numbering, its flags left out.
JobState job_state(std::uint32_t slurm_state);

/// The job's request as Slurm's record has it, with what only the submission knew taken from `remembered`.
JobRequest asked_by(const slurm_job_info_t& job, const std::optional<JobRequest>& remembered);

/// What a profile keeps of it; nullopt where it does not say what was asked.
std::optional<PastJob> past_job_of(const OutcomeEvent& outcome);

class OutcomeWatch {
 public:
  /// The jobs of this list that are over, and were not in the lists before: each job is reported once, with
  /// what it asked for. A requeued job is reported again for its next run. After a restart of slurmctld, jobs
  /// that it still remembers come again unless know() has them.
  std::vector<OutcomeEvent> newly_finished(const job_info_msg_t& jobs, const RequestMemory& requests);

  /// This end was reported before the restart: the next list's is no news.
  void know(const OutcomeEvent& outcome);

 private:
  // Job and end of what was finished in the last list: no larger than that list.
  std::unordered_set<std::uint64_t> finished_;
};

}  // namespace foreshape
