// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The holds that are ours: what each has cost, which jobs came, which ended unused.
//
// Runs in: slurmctld (agent thread).
// Threads: one at a time.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/journal/event.h"
#include "predictor/plan/reconciler.h"
#include "slurm-plugin/hold/hold_state.h"
#include "slurm-plugin/slurm/slurm_control.h"

namespace foreshape {

/// Whether a job may have come to a hold, beyond what the two say of themselves.
struct HitRules {
  /// The user of a personal hold.
  std::function<std::optional<UserId>(const std::string&)> uid_of;
  /// In dry-run no job can start in a hold: there a job counts that was submitted while the hold was there,
  /// by its user, or, for the pool, if this says that it is short.
  bool is_dry = false;
  std::function<bool(const SeenJob&)> is_short;
  /// For whom the pool of a partition was held since the last look.
  std::function<std::vector<ServedShare>(const std::string&)> served;
};

class HoldLedger {
 public:
  using Record = std::function<void(const HoldEvent&)>;

  /// record: takes each event for the journal.
  explicit HoldLedger(Record record) : record_(std::move(record)) {}

  void restore(HoldState state) { state_ = std::move(state); }
  /// Into the state, beside what the ledger has there itself.
  void keep_admitted(AdmittedJobs admitted) { state_.admitted = std::move(admitted); }
  const HoldState& state() const { return state_; }

  /// Brings the ledger in line with Slurm's list: closes holds that are no longer there, adopts those of ours
  /// that it did not know, accounts idle time and hits up to now. A hit fulfils a personal hold.
  /// Returns those that are gone before their end: somebody has deleted them, or a slurmctld that was killed
  /// has forgotten them.
  std::vector<LiveHold> take_stock(const SeenSlurm& seen, const ResourcePool& pool, const HitRules& rules);

  /// The clock was set: idle time is accounted from now on. What was idle between two passes is not known
  /// then, and charged to nobody.
  void forget_times(UnixSeconds now_s);

  /// A job of this user stayed in a hold for longer than it may: no job of his enters for kOverrunBarSeconds,
  /// for twice as long each further time, at most a day. For each day without another, one is forgiven.
  void note_overrun(UserId uid, UnixSeconds now_s);
  bool is_barred(UserId uid, UnixSeconds now_s) const;

  std::vector<LiveHold> live() const;

  std::string next_name();
  /// A step was done: the hold is as it says from now on, or gone.
  void note_done(const HoldStep& step, UnixSeconds now_s);

  std::uint64_t hits() const { return hits_; }
  std::uint64_t misses() const { return misses_; }

 private:
  HoldRecord* find(std::string_view name);
  void adopt(const SeenReservation& reservation, UnixSeconds now_s);
  void account_idle(HoldRecord& record, const ResourcePool& pool, const HitRules& rules);
  void charge(const HoldRecord& record, std::int64_t idle, UnixSeconds at_s, const HitRules& rules);
  void find_hits(HoldRecord& record, const SeenSlurm& seen, const HitRules& rules);
  void close(const HoldRecord& record, std::string_view reason, UnixSeconds now_s);

  Record record_;
  HoldState state_;
  std::uint64_t hits_ = 0, misses_ = 0;
};

}  // namespace foreshape
