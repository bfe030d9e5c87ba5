// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Waiting jobs that were changed in something that their place in the order rests on: the agent places them
// anew at its next look, so that no discount survives what it was given for. Each is kept until a look has
// found it where it belongs, or no longer waiting, or Slurm has refused for minutes to move it.
//
// Runs in: slurmctld.
// Threads: any. The lock is held for a walk over at most kCapacity numbers.

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <span>
#include <vector>

#include "predictor/base/job.h"
#include "slurm-plugin/slurm/job_key.h"

namespace foreshape {

class ModifiedJobs {
 public:
  /// Beyond it overflowed() says that not all are known.
  static constexpr std::size_t kCapacity = 1024;
  /// job_modify comes before the change: a look within this may not have it yet.
  static constexpr UnixSeconds kSettledSeconds = 2;
  /// For so long a move that Slurm refuses is tried again at each look: each is an RPC.
  static constexpr UnixSeconds kTriedSeconds = 300;

  ModifiedJobs() { entries_.reserve(kCapacity); }

  /// No allocation.
  void note(JobKey job, UnixSeconds now_s) {
    const std::lock_guard lock(mutex_);
    const auto known = std::ranges::find(entries_, job, &Entry::job);
    if (known != entries_.end()) {
      known->at_s = now_s;
    } else if (entries_.size() < kCapacity) {
      entries_.push_back({job, now_s});
    } else {
      overflowed_ = true;
      overflowed_s_ = now_s;
    }
  }

  /// Those that are not settled, sorted.
  std::vector<JobKey> look(UnixSeconds now_s) {
    std::vector<JobKey> jobs;
    const std::lock_guard lock(mutex_);
    for (Entry& entry : entries_) {
      jobs.push_back(entry.job);
      entry.at_s = std::min(entry.at_s, now_s);  // the clock was set back meanwhile
    }
    std::ranges::sort(jobs);
    return jobs;
  }

  /// Forgets those that are where they belong, or gone, as far as a list of looked_s has surely seen the
  /// change: all but `unready`, which must wait for their turn, and `tried`, which are given up after a while
  /// (both sorted).
  void settle(std::span<const JobKey> unready, std::span<const JobKey> tried, UnixSeconds looked_s) {
    const std::lock_guard lock(mutex_);
    std::erase_if(entries_, [&](const Entry& entry) {
      if (std::ranges::binary_search(unready, entry.job)) return false;
      const bool is_tried = std::ranges::binary_search(tried, entry.job);
      return looked_s > entry.at_s + (is_tried ? kTriedSeconds : kSettledSeconds);
    });
  }

  /// There were more than kCapacity; told until a list of looked_s has surely seen the change.
  bool overflowed(UnixSeconds looked_s, UnixSeconds now_s) {
    const std::lock_guard lock(mutex_);
    const bool is_told = overflowed_;
    overflowed_s_ = std::min(overflowed_s_, now_s);
    if (looked_s > overflowed_s_ + kSettledSeconds) overflowed_ = false;
    return is_told;
  }

 private:
  struct Entry {
    JobKey job = 0;
    UnixSeconds at_s = 0;
  };
  std::mutex mutex_;  // guards all below
  std::vector<Entry> entries_;
  bool overflowed_ = false;
  UnixSeconds overflowed_s_ = 0;
};

}  // namespace foreshape
