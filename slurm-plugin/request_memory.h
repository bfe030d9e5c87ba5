#pragma once
// The requests of the newest submissions by token, until their outcomes come: Slurm's job list no longer
// has the script and the resources as the user wrote them.
//
// Runs in: slurmctld.
// Threads: any. The lock is held for copying one request.

#include <cstddef>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "predictor/base/job.h"
#include "predictor/journal/event.h"

namespace foreshape {

class RequestMemory {
 public:
  explicit RequestMemory(std::size_t capacity = kCapacity) : slots_(capacity) {}

  /// Tokens count upwards, so each finds the oldest one's place: bounded, and nothing to search.
  void remember(SubmissionToken token, const JobRequest& request) {
    const std::lock_guard lock(mutex_);
    slots_[token % slots_.size()] = {token, request};
  }

  /// nullopt if newer submissions have taken its place, or it was made before a restart.
  std::optional<JobRequest> find(SubmissionToken token) const {
    const std::lock_guard lock(mutex_);
    const auto& [kept, request] = slots_[token % slots_.size()];
    if (token == 0 || kept != token) return std::nullopt;
    return request;
  }

 private:
  // 5 MB. Beyond it a request is made from Slurm's own record of the job, without its script.
  static constexpr std::size_t kCapacity = 1U << 15;

  mutable std::mutex mutex_;  // guards slots_
  std::vector<std::pair<SubmissionToken, JobRequest>> slots_;
};

}  // namespace foreshape
