// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Watches whether jobs with less memory than requested are killed too often, and lets shaping fall back to
// observe for a user or for all: across restarts, until the pause is over or an administrator takes the file
// away.
//
// Runs in: slurmctld (agent thread).
// Threads: one thread at a time.

#include <memory>
#include <slurm/slurm.h>
#include <string>
#include <vector>

#include "slurm-plugin/agent/memory_ends.h"
#include "slurm-plugin/agent/memory_safety_file.h"
#include "slurm-plugin/state/runtime_state.h"

namespace foreshape {

class MemoryWatch {
 public:
  /// state: must outlive it.
  explicit MemoryWatch(RuntimeState& state) : state_(state) {}

  /// foreshape.conf was read: where the file is gone, which was there, nothing is held against anybody any more.
  void forgive_if_wanted();

  /// Counts what has ended, after what <StateDir>/memory-safety.json said at the start (a damaged one is set aside as
  /// .damaged). What is switched off or on again is logged and goes into the journal; kept in the file
  /// at once where somebody was killed, else within kKeepEvery_s. True if the fallback is another.
  bool look(const job_info_msg_t& jobs);

 private:
  static constexpr UnixSeconds kKeepEvery_s = 300;

  std::string file() const;
  void read();
  void count(const job_info_msg_t& jobs, std::vector<MemorySafety::Change>& changes);
  void tell(const MemorySafety::Change& change);
  /// True if others keep their request than before.
  bool put_in_force();
  void keep();

  RuntimeState& state_;
  KeptSafety kept_;
  MemoryEnds ends_;
  bool is_read_ = false;
  bool is_kept_ = true;  // the file has what was counted
  bool has_file_ = false;
  bool must_keep_ = false;  // somebody was killed, or the fallback is another
  UnixSeconds kept_s_ = 0;
  std::shared_ptr<const MemoryMargins> retired_;  // freed here, not by the last RPC thread that looked at it
};

}  // namespace foreshape
