// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Waiting jobs' memory, found anew when there is new evidence: what was submitted before its siblings had
// ended is given less before it starts, or more again, up to what its user requested.
//
// Peaks are measured by accounting alone, so new evidence is a new snapshot; and a job that ended for want of
// memory, which Slurm's list tells at once.
//
// Runs in: slurmctld (agent thread).
// Threads: one thread at a time.

#include <cstdint>
#include <memory>
#include <optional>
#include <slurm/slurm.h>
#include <string>
#include <unordered_set>
#include <vector>

#include "predictor/base/memory_mark.h"
#include "predictor/plan/policy.h"
#include "slurm-plugin/state/runtime_state.h"

namespace foreshape {

/// A waiting job that is to have another figure, or all tasks of an array that wait.
struct MemorySize {
  JobId job = 0;
  std::string shown_id;
  UserId uid = 0;
  std::uint64_t nodes = 1;  ///< of all of them
  MemoryMark mark;          ///< planned_mib: what it has
  std::int64_t to_mib = 0;  ///< per node
  std::string had_comment, admin_comment;
};

class MemorySizing {
 public:
  /// Of one pass: predicting takes up to 0.5 ms a job, changing one is two calls of some milliseconds. The others
  /// have their turn at the next.
  static constexpr std::uint32_t kMaxLooks = 1'000;
  static constexpr std::size_t kMaxSizes = 100;

  /// state: must outlive it.
  explicit MemorySizing(RuntimeState& state) : state_(state) {}

  /// All waiting jobs are looked at anew, in as many passes as it takes.
  void evidence_changed();

  /// There are jobs that were not looked at since.
  bool wants_look() const { return wants_look_; }

  /// Jobs of the list that wait for their first run, were marked at their submission as ones that may be given
  /// less, and have what we gave them or left them. Whatever the evidence, one that may not be touched any more
  /// gets its request: its user opted out or said that it may not be requeued, Memory is not enforced where it
  /// may run by now or shaping has fallen back for them, or Slurm writes figures anew there. Jobs in holds are left alone: a change would take them
  /// out.
  std::vector<MemorySize> due(const job_info_msg_t& jobs);

 private:
  std::int64_t wanted_mib(const slurm_job_info_t& job, const MemoryMark& mark, std::uint32_t& looks);
  std::optional<std::int64_t> fitting_mib(const slurm_job_info_t& job, const LeverModes& modes,
                                          const MemoryMark& mark);

  RuntimeState& state_;
  bool wants_look_ = true;
  bool is_bounded_ = false;              // some job of this pass was left to the next
  std::unordered_set<JobId> looked_at_;  // since the evidence changed; no more than wait
};

}  // namespace foreshape
