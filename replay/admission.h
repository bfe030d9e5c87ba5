// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which records of a trace are replayed, and as what: the literature's conventions.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "replay/workload.h"

namespace foreshape {

/// Why a job that requested no time is not replayed: --default-limit is the cure.
inline constexpr const char* kNoRequestedTime = "no requested time";

/// Turns records into jobs of the replay, counting what is left out.
class Admission {
 public:
  explicit Admission(const LoadOptions& options) : options_(options), empty_(options.cluster) {}

  /// machine: processors of the pool; what the options say where nodes are simulated.
  /// cores_per_node: of the machine that the trace is from, to tell memory per core from memory per node;
  /// needed only where the record does not say its nodes.
  void offer(const JobRecord& record, std::int64_t machine, std::int64_t cores_per_node);

  /// What was admitted, by submission, and what was not.
  LoadedWorkload workload(std::string trace, std::int64_t machine) &&;

  std::vector<ReplayJob> jobs;
  std::vector<std::string> user_names;  ///< by ReplayJob::user
  LoadReport report;
  std::uint32_t users() const { return static_cast<std::uint32_t>(users_.size()); }

 private:
  /// Requested time, 0 if there is none.
  std::int64_t limit_of(const JobRecord& record) const;
  /// Why the job cannot be replayed; nullptr if it can.
  const char* objection(const JobRecord& record, std::int64_t procs, std::int64_t machine) const;
  void take(const JobRecord& record, std::int64_t procs, const NodeDemand& demand);
  /// nullopt if not even the empty machine has room.
  std::optional<NodeDemand> demand_of(const JobRecord& record, std::int64_t procs,
                                      std::int64_t cores_per_node) const;
  /// The same on nodes that are not shared: cores = nodes.
  std::optional<NodeDemand> whole_nodes_of(const NodeDemand& demand) const;
  void drop(const char* reason);

  const LoadOptions& options_;
  FreeNodes empty_;  // the machine
  std::unordered_map<UserId, std::uint32_t> users_;
};

}  // namespace foreshape
