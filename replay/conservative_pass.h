#pragma once
// Conservative backfilling: every waiting job has a reservation, and none is ever put off while plans hold.
//
// Runs in: offline.
// Threads: one state, one thread.

#include <cstdint>
#include <map>
#include <memory>
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
  std::int64_t next_due() override { return due_s_; }

 private:
  /// A waiting job and its reservation.
  struct Planned {
    JobIndex job = 0;
    std::uint32_t kind = 0;
    std::int32_t procs = 0;
    std::uint32_t step = 0;  // about where free_ has start_s
    std::int64_t plan_s = 0;
    std::int64_t start_s = Availability::kForever;
  };
  using Shape = std::pair<std::int32_t, std::int64_t>;  // processors and plan

  std::uint32_t join_kind(const Shape& shape);
  void leave_kind(const Planned& p);
  void reserve(Planned& p, std::int64_t from_s);
  void make_anew();
  void move_forward();
  void move(Planned& p, std::int64_t start_s);
  /// An earlier start beside all other reservations; the reservation's own if there is none.
  /// hint: about the step of its start.
  std::int64_t earlier_start(const Planned& p, std::size_t& hint);

  SimulationState& state_;
  Availability free_;               // beside running jobs and all reservations
  std::vector<Planned> waiting_;    // by arrival
  std::int64_t due_s_ = INT64_MAX;  // the earliest start of waiting_
  // Waiting jobs of equal shape are of one kind. What a pass learns of one serves the next: no start is
  // possible for that kind (make_anew), or no whole window for it ends (move_forward), before that time.
  std::map<Shape, std::uint32_t> kinds_;
  std::vector<std::uint32_t> jobs_of_kind_, unused_kinds_;
  std::vector<std::int64_t> none_before_s_;
  bool collided_ = false;
};

}  // namespace foreshape
