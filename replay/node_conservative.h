#pragma once
// Conservative backfilling on nodes: every waiting job has a time and nodes.
//
// Runs in: offline.
// Threads: one state, one thread.

#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "replay/conservative_pass.h"
#include "replay/node_timeline.h"

namespace foreshape {

/// The rules of ConservativePlan. A reservation keeps its nodes while it keeps its time: jobs are not moved
/// about within a plan, so more is left unused than in a pool.
class NodeConservativePlan final : public ReservationPlan {
 public:
  explicit NodeConservativePlan(SimulationState& state);

  void submitted(JobIndex job) override;
  void ended(JobIndex job, std::int64_t planned_end_s) override;
  void corrected() override { collided_ = true; }
  void pass() override;
  std::int64_t next_due() override { return due_s_; }

 private:
  struct Planned {
    JobIndex job = 0;
    std::int64_t plan_s = 0;
    NodeTimeline::Slot slot;
  };
  /// Jobs of equal shape share what is known not to exist: no whole window ends, while jobs are moved, or
  /// begins, while all is made anew, before that time.
  using Shape = std::tuple<std::int32_t, std::int32_t, std::int64_t, std::int64_t>;
  using NoneBefore = std::map<Shape, std::int64_t>;

  static Shape shape_of(const NodeDemand& demand, std::int64_t plan_s) {
    return {demand.cores, demand.nodes, demand.memory_per_core, plan_s};
  }
  void reserve(Planned& p, std::int64_t from_s);
  void make_anew();
  void move_forward();
  /// A slot beside all other reservations that is earlier than its own.
  std::optional<NodeTimeline::Slot> earlier_slot(const Planned& p, std::int64_t& none_until_s);

  SimulationState& state_;
  NodeTimeline free_;             // beside running jobs and all reservations
  std::vector<Planned> waiting_;  // by arrival
  std::int64_t due_s_ = INT64_MAX;
  bool collided_ = false;
};

}  // namespace foreshape
