// SPDX-License-Identifier: GPL-2.0-or-later
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
#include "replay/reservation_plan.h"

namespace foreshape {

/// For a pool or for nodes, as the state has it.
std::unique_ptr<ReservationPlan> make_conservative_plan(SimulationState& state);

/// A waiting job and its reservation in a pool.
struct PoolReservation {
  JobIndex job = 0;
  std::uint32_t kind = 0;
  std::int32_t procs = 0;
  std::uint32_t step = 0;  ///< about where the pool's availability has start_s
  std::int64_t plan_s = 0;
  std::int64_t start_s = Availability::kForever;

  std::int64_t begin_s() const { return start_s; }
};

/// A job reserves the earliest time that fits when it is submitted. When a job ends before its planned end,
/// the waiting jobs are tried in order of arrival: each moves to the earliest time that fits beside all other
/// reservations, if that is earlier than its own. After a correction plans collide: then all reservations are
/// made anew in order of arrival.
/// Source: Mu'alem & Feitelson, IEEE TPDS 12(6), 2001.
class ConservativePlan final : public PlanOfWaiting<PoolReservation, Availability> {
 public:
  explicit ConservativePlan(SimulationState& state);

 private:
  using Planned = PoolReservation;
  using Shape = std::pair<std::int32_t, std::int64_t>;  // processors and plan

  Planned planned(JobIndex job) override;
  void reserve(Planned& p, std::int64_t from_s) override;
  void give_back(JobIndex job, std::int64_t planned_end_s) override;
  void make_anew() override;
  void move_forward() override;
  void start(Planned& p) override;

  std::uint32_t join_kind(const Shape& shape);
  void leave_kind(const Planned& p);
  void move(Planned& p, std::int64_t start_s);
  /// An earlier start beside all other reservations; the reservation's own if there is none.
  /// hint: about the step of its start.
  std::int64_t earlier_start(const Planned& p, std::size_t& hint);

  // Waiting jobs of equal shape are of one kind. What a pass learns of one serves the next: no start is
  // possible for that kind (make_anew), or no whole window for it ends (move_forward), before that time.
  std::map<Shape, std::uint32_t> kinds_;
  std::vector<std::uint32_t> jobs_of_kind_, unused_kinds_;
  std::vector<std::int64_t> none_before_s_;
};

}  // namespace foreshape
