#pragma once
// Conservative backfilling: every waiting job has a reservation, and none is ever put off while plans hold.
//
// Runs in: offline.
// Threads: one state, one thread.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <utility>
#include <vector>

#include "replay/availability.h"
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

/// For a pool or for nodes, as the state has it.
std::unique_ptr<ReservationPlan> make_conservative_plan(SimulationState& state);

/// A job reserves the earliest time that fits when it is submitted. When a job ends before its planned end,
/// the waiting jobs are tried in order of arrival: each moves to the earliest time that fits beside all other
/// reservations, if that is earlier than its own. After a correction plans collide: then all reservations are
/// made anew in order of arrival.
/// Source: Mu'alem & Feitelson, IEEE TPDS 12(6), 2001.
class ConservativePlan final : public ReservationPlan {
 public:
  explicit ConservativePlan(SimulationState& state);

  void submitted(JobIndex job) override;
  void ended(JobIndex job, std::int64_t planned_end_s) override;
  void corrected() override { collided_ = true; }
  void pass() override;
  std::int64_t next_due() override;

 private:
  struct Reservation {
    std::int64_t start_s = Availability::kForever;
    std::uint32_t kind = 0;
  };

  using Due = std::pair<std::int64_t, JobIndex>;

  void set_start(JobIndex job, std::int64_t start_s);
  void reserve(JobIndex job);
  void make_anew();
  void move_forward();
  /// An earlier start beside all other reservations; the reservation's own if there is none.
  std::int64_t earlier_start(const Waiting& w, const Reservation& r);

  SimulationState& state_;
  Availability free_;                      // beside running jobs and all reservations
  std::vector<Reservation> reservations_;  // by job
  // Jobs of equal processors and plan are of one kind. What move_forward learns of one serves the next: no
  // whole window for that kind ends at or before that time.
  std::map<std::pair<std::int32_t, std::int64_t>, std::uint32_t> kinds_;
  std::vector<std::int64_t> no_window_until_s_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;  // moved reservations stay in it
  bool collided_ = false;
};

}  // namespace foreshape
