#pragma once
// Conservative backfilling on nodes: every waiting job has a time and nodes.
//
// Runs in: offline.
// Threads: one state, one thread.

#include <cstdint>
#include <map>

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
  std::int64_t next_due() override;

 private:
  void reserve(JobIndex job);
  void make_anew();
  void move_forward();

  SimulationState& state_;
  NodeTimeline free_;                                    // beside running jobs and all reservations
  std::map<JobIndex, NodeTimeline::Slot> reservations_;  // of waiting jobs
  bool collided_ = false;
};

}  // namespace foreshape
