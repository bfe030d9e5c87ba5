// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Submissions whose jobs nobody has seen yet: a test (--test-only) and a job that Slurm refuses pass through
// job_submit like real ones, and must not make a forecast.
//
// Runs in: slurmctld.
// Threads: any. The lock is held for a walk over the newest submissions.

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <span>
#include <vector>

#include "predictor/base/job.h"
#include "predictor/journal/event.h"

namespace foreshape {

class UnseenSubmissions {
 public:
  /// A job is in Slurm's list well within this after its submission, also under load.
  static constexpr UnixSeconds kPatienceSeconds = 10;
  /// What a storm leaves between two looks of the agent.
  static constexpr std::size_t kCapacity = 16'384;

  struct Entry {
    SubmissionToken token = 0;
    UserId uid = 0;
    UnixSeconds submit_s = 0;
  };

  UnseenSubmissions() { entries_.reserve(kCapacity); }

  /// False where there is no room: the submission is then not to be remembered for forecasts at all.
  bool add(const Entry& entry) {
    const std::lock_guard lock(mutex_);
    if (entries_.size() >= kCapacity) return false;
    entries_.push_back(entry);
    return true;
  }

  /// After a look at Slurm's list at looked_s: those of `seen`, which is sorted, are real. Returns those that
  /// have waited for too long: no job has come of them. Both are taken from here.
  std::vector<Entry> settle(std::span<const SubmissionToken> seen, UnixSeconds looked_s) {
    std::vector<Entry> never;
    const std::lock_guard lock(mutex_);
    std::erase_if(entries_, [&](const Entry& entry) {
      if (std::ranges::binary_search(seen, entry.token)) return true;
      if (looked_s - entry.submit_s <= kPatienceSeconds) return false;
      never.push_back(entry);
      return true;
    });
    return never;
  }

  /// Sorted.
  std::vector<SubmissionToken> tokens() const {
    std::vector<SubmissionToken> tokens;
    {
      const std::lock_guard lock(mutex_);
      for (const Entry& entry : entries_) tokens.push_back(entry.token);
    }
    std::ranges::sort(tokens);
    return tokens;
  }

 private:
  mutable std::mutex mutex_;  // guards entries_
  std::vector<Entry> entries_;
};

}  // namespace foreshape
