// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the agent does about the memory of jobs that may have less than requested: those that wait are sized
// anew, those that were killed are queued again, all get their request back where that is due, and where too
// many are killed shaping stops for a while.
//
// Runs in: slurmctld (agent thread).
// Threads: one thread at a time.

#include <memory>
#include <slurm/slurm.h>

#include "slurm-plugin/agent/memory_recovery.h"
#include "slurm-plugin/agent/memory_sizing.h"
#include "slurm-plugin/agent/memory_watch.h"
#include "slurm-plugin/agent/requeue_watch.h"
#include "slurm-plugin/state/runtime_state.h"

namespace foreshape {

class MemoryAgent {
 public:
  /// state: must outlive it.
  explicit MemoryAgent(RuntimeState& state) : state_(state), watch_(state), sizing_(state) {}

  /// loaded_s: when the snapshot in force was loaded. Before each look at Slurm's list.
  void look_at_evidence(UnixSeconds loaded_s);
  /// A job was killed for want of memory.
  void evidence_changed() { sizing_.evidence_changed(); }
  /// There are jobs to look at, even if none has changed since the last list.
  bool wants_look() const;

  /// After what has ended was learned. Each job on its own: what Slurm refuses is found again at a later pass.
  void pass(const job_info_msg_t& jobs);

 private:
  bool gives_back() const;
  void count_open(const job_info_msg_t& jobs);
  void recover_jobs(const job_info_msg_t& jobs);
  void size_jobs(const job_info_msg_t& jobs);
  Result<void> recover(const MemoryStep& memory);
  void tell_of_stuck(const job_info_msg_t& jobs);
  bool resize(const MemorySize& size);

  RuntimeState& state_;
  MemoryWatch watch_;
  MemoryRecovery recovery_;
  RequeueWatch requeues_;
  MemorySizing sizing_;
  UnixSeconds loaded_s_ = 0;
  std::shared_ptr<const Settings> settings_;  // that the waiting jobs were looked at under
};

}  // namespace foreshape
