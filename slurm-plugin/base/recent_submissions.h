// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The newest submissions by what Slurm's own record of a job also says: the second key to a token, for jobs
// whose admin comment another plugin or a prolog has replaced.
//
// Runs in: slurmctld.
// Threads: any. The lock is held for writing one entry, or for looking at all of them once.

#include <cstddef>
#include <mutex>
#include <vector>

#include "predictor/base/job.h"
#include "predictor/journal/event.h"

namespace foreshape {

class RecentSubmissions {
 public:
  explicit RecentSubmissions(std::size_t capacity = kCapacity) : entries_(capacity) {}

  void remember(SubmissionToken token, const JobRequest& request) {
    const std::lock_guard lock(mutex_);
    entries_[next_++ % entries_.size()] = {token, request.submit_s, request.uid, request.name};
  }

  /// This submission is known by its token: nobody else may have it.
  void forget(SubmissionToken token) {
    const std::lock_guard lock(mutex_);
    for (Entry& entry : entries_)
      if (entry.token == token) entry.token = 0;
  }

  /// The oldest submission of this user and (folded) name that came at that time or up to kSlack_s before,
  /// when Slurm had yet to write its own time down; 0 if there is none. It is taken: of several that are
  /// alike the first job gets the first token, which are alike too.
  SubmissionToken take(UserId uid, TextHash name, UnixSeconds submit_s) {
    const std::lock_guard lock(mutex_);
    Entry* oldest = nullptr;
    for (Entry& entry : entries_) {
      const bool fits = entry.token != 0 && entry.uid == uid && entry.name == name &&
                        entry.submit_s <= submit_s && entry.submit_s + kSlack_s >= submit_s;
      if (fits && (oldest == nullptr || entry.token < oldest->token)) oldest = &entry;
    }
    if (oldest == nullptr) return 0;
    const SubmissionToken token = oldest->token;
    oldest->token = 0;
    return token;
  }

 private:
  struct Entry {
    SubmissionToken token = 0;
    UnixSeconds submit_s = 0;
    UserId uid = 0;
    TextHash name = 0;
  };
  static constexpr std::size_t kCapacity = 4096;  // what comes between two looks of the agent
  static constexpr UnixSeconds kSlack_s = 2;

  std::mutex mutex_;  // guards the rest
  std::vector<Entry> entries_;
  std::size_t next_ = 0;
};

}  // namespace foreshape
