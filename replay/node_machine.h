// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Who runs on which nodes, and what is free when.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstdint>
#include <set>
#include <tuple>
#include <vector>

#include "replay/cluster.h"
#include "replay/workload.h"

namespace foreshape {

class NodeMachine {
 public:
  explicit NodeMachine(const Workload& load);

  /// Running jobs by an end: planned, or by request.
  using Ends = std::set<std::tuple<std::int64_t, std::uint32_t, JobIndex>>;

  /// Really free: jobs that end this very second still have their nodes.
  const FreeNodes& free() const { return free_; }
  const Placement& placement(JobIndex job) const { return placements_[job]; }
  const std::vector<Placement>& placements() const { return placements_; }
  const NodeDemand& demand(JobIndex job) const { return load_.jobs[job].demand; }
  const Ends& planned() const { return planned_; }
  const Ends& requested() const { return requested_; }

  /// What is free at that time if nothing more starts.
  FreeNodes free_at(std::int64_t time_s, const Ends& ends) const;
  struct Opening {
    std::int64_t at_s;
    FreeNodes free;  ///< at that time
  };
  /// The earliest of these ends at which there is room, which must come on the empty machine.
  Opening earliest(const NodeDemand& demand, const Ends& ends) const;

  void start(JobIndex job, std::uint32_t start_seq, Placement placement, std::int64_t planned_end_s,
             std::int64_t requested_end_s);
  void end(JobIndex job, std::uint32_t start_seq, std::int64_t planned_end_s, std::int64_t requested_end_s);
  void correct(JobIndex job, std::uint32_t start_seq, std::int64_t planned_end_s, std::int64_t corrected_s);

 private:
  const Workload& load_;
  FreeNodes free_;
  std::vector<Placement> placements_;  // by job, kept after its end
  Ends planned_, requested_;
};

}  // namespace foreshape
