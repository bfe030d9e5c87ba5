// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which jobs of each user wait or run, while a trace is gone through.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <array>
#include <span>
#include <unordered_map>
#include <vector>

#include "predictor/model/features/live_job.h"
#include "trainer/time_ordered.h"

namespace foreshape {

class LiveTracker {
 public:
  /// job must stay where it is until it has ended; jobs come in the order of their submissions.
  void submitted(const TracedJob& job) { live_[job.request.uid].push_back(&job); }
  void ended(const TracedJob& job);

  /// The user's newest kMaxLiveJobs, newest first, as they are known at now_s: what starts in this very
  /// second still waits. Valid until the next call.
  std::span<const LiveJob> of(UserId uid, UnixSeconds now_s);

 private:
  std::unordered_map<UserId, std::vector<const TracedJob*>> live_;  // by submission
  std::array<LiveJob, kMaxLiveJobs> out_;
};

}  // namespace foreshape
