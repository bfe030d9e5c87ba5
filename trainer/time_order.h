// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The past of all users as it was known at each moment, while jobs come by in the order of their submissions.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstdint>
#include <functional>
#include <queue>
#include <unordered_map>
#include <utility>
#include <vector>

#include "predictor/profile/profile_store.h"
#include "trainer/traced_job.h"

namespace foreshape {

/// Holds only the jobs that wait or run: memory does not grow with the history.
class TimeOrder {
 public:
  using Number = std::uint64_t;  ///< of a job, in the order of submission
  using Ended = std::function<void(Number, const TracedJob&)>;

  /// Brings the store to now_s: jobs that ended in a second before it become known, in the order of their
  /// ends, and ended (where given) is told of each.
  void advance(UnixSeconds now_s, const Ended& ended);

  /// The next job is submitted; it is not known to the store before it has ended. The copy stays where it is
  /// until then. A job without an end never ends.
  const TracedJob& submit(const TracedJob& job);

  const ProfileStore& store() const { return store_; }
  Number submitted() const { return next_; }

 private:
  using EndAndNumber = std::pair<UnixSeconds, Number>;
  std::priority_queue<EndAndNumber, std::vector<EndAndNumber>, std::greater<>> ends_;
  std::unordered_map<Number, TracedJob> live_;
  ProfileStore store_;
  Number next_ = 0;
};

}  // namespace foreshape
