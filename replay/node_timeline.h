// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Free nodes over time: what Availability is for a pool. A full map for each step.
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
  NodeTimeline(std::int64_t from_s, FreeNodes free, FitRule fit = FitRule::first);

  /// In [from_s, to_s).
  void take(std::int64_t from_s, std::int64_t to_s, const Placement& placement);
  void give(std::int64_t from_s, std::int64_t to_s, const Placement& placement);
  void take_whole_nodes(std::int64_t from_s, std::int64_t to_s, const Placement& placement);
  /// Gives back from that time on, for ever; not earlier than any step.
  void release(std::int64_t from_s, const Placement& placement);

  /// The earliest time in [from_s, latest_s] from which the same nodes have room for duration_s without a
  /// gap, and those nodes.
  std::optional<Slot> earliest(std::int64_t from_s, const NodeDemand& demand, std::int64_t duration_s,
                               std::int64_t latest_s = kForever) const;
  /// Free cores of all nodes in the second before that time.
  std::int64_t cores_before(std::int64_t time_s) const { return steps_[step_of(time_s - 1)].free.cores(); }
  /// Drops what lies before that time.
  void forget_before(std::int64_t time_s);

 private:
  struct Segment {
    std::int64_t time_s;
    FreeNodes free;           // from time_s until the next step
    bool may_shrink = false;  // false: nowhere is less free than in the step before
  };

  /// What is free on every node throughout the steps [first, end), as both move on: a queue of two stacks,
  /// so that a step is looked at a few times however often the stretch moves.
  class Stretch {
   public:
    explicit Stretch(const std::vector<Segment>& steps) : steps_(steps) {}
    void restart(std::size_t step);
    /// Takes the next step in.
    void extend();
    /// Lets the first step go.
    void shorten();
    std::size_t end() const { return end_; }
    bool is_empty() const { return first_ == end_; }
    /// What is free throughout; not if it is empty.
    const FreeNodes& least();

   private:
    const std::vector<Segment>& steps_;
    std::size_t first_ = 0, end_ = 0;
    std::vector<FreeNodes>
        front_;  // the least from a step of the older part to its end; the oldest step is last
    const FreeNodes* back_ = nullptr;  // the least of the newer part: a step's own, or back_least_
    std::optional<FreeNodes> back_least_;
    std::optional<FreeNodes> least_;  // of both
  };

  /// takes: what is free shrinks when it begins; else when it ends.
  template <class Change>
  void change(std::int64_t from_s, std::int64_t to_s, bool takes, Change&& change);
  /// The step that holds at that time.
  std::size_t step_of(std::int64_t time_s) const;
  /// The step that begins at that time, made if there is none.
  std::size_t step_at(std::int64_t time_s);
  /// Joins the step with the one before if nothing changes between them.
  void join(std::size_t step);

  FitRule fit_;
  std::vector<Segment> steps_;  // sorted by time; the last one lasts for ever
};

}  // namespace foreshape
