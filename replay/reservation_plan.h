// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A plan in which every waiting job has a reservation: what the simulation tells it, and what those for a
// pool and for nodes have in common.
//
// Runs in: offline.
// Threads: one state, one thread.

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "replay/state.h"

namespace foreshape {

/// What the simulation tells a plan in which every waiting job has a reservation.
class ReservationPlan {
 public:
  virtual ~ReservationPlan() = default;
  /// The job, which the state has taken into the queue, reserves.
  virtual void submitted(JobIndex job) = 0;
  /// The job, which was planned to run until planned_end_s, has ended now.
  virtual void ended(JobIndex job, std::int64_t planned_end_s) = 0;
  /// A running job's plan was corrected.
  virtual void corrected() = 0;
  /// Starts every job whose reservation is due.
  virtual void pass() = 0;
  /// When the next reservation is due; INT64_MAX if there is none. It need not be the end of any job: the one
  /// that it waited for may have ended early, while others that arrived before took the gap.
  virtual std::int64_t next_due() = 0;
};

/// Who waits by arrival, when the next start is due, whether plans collided.
/// Planned: a waiting job and its reservation, with job and begin_s(). Free: what is free over time.
template <class Planned, class Free>
class PlanOfWaiting : public ReservationPlan {
 public:
  void submitted(JobIndex job) final {
    free_.forget_before(state_.now);
    Planned p = planned(job);
    if (!collided_) reserve(p, state_.now);
    waiting_.push_back(std::move(p));
  }

  void ended(JobIndex job, std::int64_t planned_end_s) final {
    free_.forget_before(state_.now);
    if (planned_end_s <= state_.now) return;
    give_back(job, planned_end_s);
    if (!collided_) move_forward();
  }

  void corrected() final { collided_ = true; }

  void pass() final {
    if (collided_) {
      collided_ = false;
      due_s_ = INT64_MAX;
      make_anew();
    }
    if (due_s_ > state_.now) return;
    due_s_ = INT64_MAX;
    std::erase_if(waiting_, [&](Planned& p) {
      if (p.begin_s() > state_.now) {
        due_s_ = std::min(due_s_, p.begin_s());
        return false;
      }
      state_.queue.erase(state_.entry_of(p.job));
      start(p);
      return true;
    });
  }

  std::int64_t next_due() final { return due_s_; }

 protected:
  PlanOfWaiting(SimulationState& state, Free free) : state_(state), free_(std::move(free)) {}

  /// The job as it waits, without a reservation.
  virtual Planned planned(JobIndex job) = 0;
  /// The earliest time from from_s on; due_s_ knows of it.
  virtual void reserve(Planned& p, std::int64_t from_s) = 0;
  /// What a running job had is free from now on.
  virtual void give_back(JobIndex job, std::int64_t planned_end_s) = 0;
  /// All reservations again, in order of arrival, beside what runs.
  virtual void make_anew() = 0;
  /// Each waiting job to the earliest time that fits, if that is earlier than its own.
  virtual void move_forward() = 0;
  /// Its reservation is due, and it has left the queue.
  virtual void start(Planned& p) = 0;

  SimulationState& state_;
  Free free_;                       // beside running jobs and all reservations
  std::vector<Planned> waiting_;    // by arrival
  std::int64_t due_s_ = INT64_MAX;  // the earliest begin of waiting_

 private:
  bool collided_ = false;
};

}  // namespace foreshape
