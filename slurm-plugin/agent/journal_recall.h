// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What was seen since the snapshot was made, brought back after a restart from the journal, and from what
// slurmctld left beside it at its end.
//
// Runs in: slurmctld (agent thread).
// Threads: pass() on one thread; state() from any.

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "predictor/journal/event.h"
#include "predictor/profile/profile_store.h"
#include "slurm-plugin/agent/outcome_watch.h"
#include "slurm-plugin/state/runtime_state.h"

namespace foreshape {

struct RecallState {
  bool done = false;
  std::uint64_t submissions = 0, outcomes = 0;
  std::uint64_t unreadable = 0;  ///< records that could not be decoded, were damaged, or are missing
  double seconds = 0;
  std::string error;  ///< why the journal could not be read (to its end); empty if it was
};

class JournalRecall {
 public:
  /// Of the journal's newest files so many bytes are read: a second's work, and more than there is where
  /// ingest runs daily (300,000 submissions).
  static constexpr std::int64_t kMaxBytes = 256LL << 20;

  explicit JournalRecall(RuntimeState& state) : state_(state) {}

  /// The first call reads what Runtimes before this one wrote, and makes submissions, outcomes and requests
  /// known as they were; later calls do nothing. Submissions may come meanwhile. The outcomes are made known
  /// to the watch too, so that Slurm's list does not report them anew.
  void pass(OutcomeWatch& outcomes);

  RecallState state() const;

 private:
  /// Submissions of each user in the order of time; only the newest kRecentSubmissions count.
  using Submissions = std::unordered_map<UserId, std::vector<Submission>>;

  Result<void> read(const std::string& directory, const std::vector<JournalEvent>& left,
                    OutcomeWatch& outcomes, RecallState& now);
  static Result<void> read_journal(const std::string& directory, RecallState& now,
                                   const std::function<void(const JournalEvent&)>& take);
  void recall(const SubmissionEvent& event, Submissions& submissions, RecallState& now);
  void recall(const OutcomeEvent& event, OutcomeWatch& outcomes, RecallState& now);

  RuntimeState& state_;
  mutable std::mutex mutex_;  // guards now_
  RecallState now_;
};

}  // namespace foreshape
