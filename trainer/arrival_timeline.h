// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The moments at which forecasts of next submissions are made and learned from, while jobs come by in the
// order of their submissions: one definition for evaluation, training and validation.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstdint>
#include <map>
#include <queue>
#include <span>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "predictor/model/arrival/arrival_network.h"
#include "trainer/live_tracker.h"
#include "trainer/traced_job.h"

namespace foreshape {

/// In this order within a second: what ends in the second of a submission is not known to it.
enum class MomentKind : std::uint8_t {
  submission,
  end,      ///< of a job
  pause,    ///< two minutes after a submission, when nothing came
  quarter,  ///< every quarter of an hour, of whoever submitted within a day
};

struct ArrivalTime {
  std::uint64_t number;  ///< of all moments: its name
  MomentKind kind;
  UserId uid;
  UnixSeconds at_s;
};

/// What a moment's user submitted next.
struct NextSubmission {
  UserId uid;
  UnixSeconds at_s;
  UnixSeconds last_s;  ///< the submission before; 0 = there was none
  ShapeKey shape;
  LatencyClass latency;
};

/// Who follows a timeline.
class ArrivalWatcher {
 public:
  ArrivalWatcher() = default;
  virtual ~ArrivalWatcher() = default;
  ArrivalWatcher(const ArrivalWatcher&) = delete;
  ArrivalWatcher& operator=(const ArrivalWatcher&) = delete;

  /// A moment: are its features wanted? Costs some 10 us.
  virtual bool wants(const ArrivalTime& moment) = 0;
  /// They are; valid during the call.
  virtual void made(const ArrivalTime& moment, const ArrivalInput& input) = 0;
  /// A submission, and all moments of its user since the one before, wanted or not.
  virtual void came(const NextSubmission& next, std::span<const ArrivalTime> moments) = 0;
};

/// What the network was to say where `next` came.
ArrivalTarget target_of(const ArrivalTime& moment, const ArrivalInput& input, const NextSubmission& next);
/// The same where nothing had come by now_s.
ArrivalTarget silent_target(const ArrivalTime& moment, UnixSeconds now_s);

class ArrivalTimeline {
 public:
  /// watcher must outlive it.
  explicit ArrivalTimeline(ArrivalWatcher& watcher) : watcher_(watcher) {}

  /// The next job, in the order of submission: first everything that happens before it.
  void submitted(const TracedJob& job);

 private:
  /// What is known of a user; newest first.
  struct User {
    std::vector<Submission> submissions;
    std::vector<PastJob> jobs;
    UnixSeconds last_submit_s = 0, last_end_s = 0;
    std::vector<ArrivalTime> open;
  };
  using Job = std::uint64_t;
  using Later = std::tuple<UnixSeconds, MomentKind, Job, UserId>;

  void advance(UnixSeconds until_s);
  void happens(const Later& later);
  void ended(Job number);
  void quarter(UnixSeconds now_s);
  void moment(UserId uid, User& user, UnixSeconds now_s, MomentKind kind);
  void came(UserId uid, User& user, const TracedJob& next);

  ArrivalWatcher& watcher_;
  LiveTracker live_;
  std::map<UserId, User> users_;
  std::unordered_map<Job, TracedJob> jobs_;  // that wait or run
  std::priority_queue<Later, std::vector<Later>, std::greater<>> later_;
  UnixSeconds next_quarter_s_ = 0;
  Job next_job_ = 0;
  std::uint64_t next_moment_ = 0;
  ArrivalInput input_{};
};

}  // namespace foreshape
