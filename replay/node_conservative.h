// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Conservative backfilling on nodes: every waiting job has a time and nodes.
//
// Runs in: offline.
// Threads: one state, one thread.

#include <cstdint>
#include <map>
#include <optional>
#include <tuple>

#include "replay/node_timeline.h"
#include "replay/reservation_plan.h"

namespace foreshape {

/// A waiting job and its reservation on nodes.
struct NodeReservation {
  JobIndex job = 0;
  std::int64_t plan_s = 0;
  NodeTimeline::Slot slot;

  std::int64_t begin_s() const { return slot.start_s; }
};

/// The rules of ConservativePlan. A reservation keeps its nodes while it keeps its time: jobs are not moved
/// about within a plan, so more is left unused than in a pool.
class NodeConservativePlan final : public PlanOfWaiting<NodeReservation, NodeTimeline> {
 public:
  explicit NodeConservativePlan(SimulationState& state);

 private:
  using Planned = NodeReservation;
  /// Jobs of equal shape share what is known not to exist: no whole window ends, while jobs are moved, or
  /// begins, while all is made anew, before that time.
  using Shape = std::tuple<std::int32_t, std::int32_t, std::int64_t, std::int64_t>;
  using NoneBefore = std::map<Shape, std::int64_t>;

  static Shape shape_of(const NodeDemand& demand, std::int64_t plan_s) {
    return {demand.cores, demand.nodes, demand.memory_per_core, plan_s};
  }
  Planned planned(JobIndex job) override;
  void reserve(Planned& p, std::int64_t from_s) override;
  void give_back(JobIndex job, std::int64_t planned_end_s) override;
  void make_anew() override;
  void move_forward() override;
  void start(Planned& p) override;
  /// A slot beside all other reservations that is earlier than its own.
  std::optional<NodeTimeline::Slot> earlier_slot(const Planned& p, std::int64_t& none_until_s);
};

}  // namespace foreshape
