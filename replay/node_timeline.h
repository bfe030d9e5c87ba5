#pragma once
// Free nodes over time: what Availability is for a pool. Simple before fast: a full map for each step.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstdint>
#include <optional>
#include <vector>

#include "replay/availability.h"
#include "replay/cluster.h"

namespace foreshape {

class NodeTimeline {
 public:
  static constexpr std::int64_t kForever = Availability::kForever;

  struct Slot {
    std::int64_t start_s = 0;
    Placement placement;
  };

  /// From that time on so much is free, for ever.
  NodeTimeline(std::int64_t from_s, FreeNodes free);

  /// In [from_s, to_s).
  void take(std::int64_t from_s, std::int64_t to_s, const Placement& placement);
  void give(std::int64_t from_s, std::int64_t to_s, const Placement& placement);
  void take_whole_nodes(std::int64_t from_s, std::int64_t to_s, const Placement& placement);

  /// The earliest time in [from_s, latest_s] from which the same nodes have room for duration_s without a
  /// gap, and those nodes.
  std::optional<Slot> earliest(std::int64_t from_s, const NodeDemand& demand, std::int64_t duration_s,
                               std::int64_t latest_s = kForever) const;
  /// Drops what lies before that time.
  void forget_before(std::int64_t time_s);

 private:
  struct Step {
    std::int64_t time_s;
    FreeNodes free;  // from time_s until the next step
  };

  template <class Change>
  void change(std::int64_t from_s, std::int64_t to_s, Change&& change);
  /// The step that holds at that time.
  std::size_t step_of(std::int64_t time_s) const;
  /// The step that begins at that time, made if there is none.
  std::size_t step_at(std::int64_t time_s);
  std::optional<Placement> place(std::size_t first, std::int64_t end_s, const NodeDemand& demand) const;

  std::vector<Step> steps_;  // sorted by time; the last one lasts for ever
};

}  // namespace foreshape
