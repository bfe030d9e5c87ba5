// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Loads the profiles' snapshot when its file has changed; a bad one leaves the old one in force.
//
// Runs in: slurmctld (agent thread).
// Threads: pass() on one thread; state() from any.

#include <cstdint>
#include <mutex>
#include <string>

#include "slurm-plugin/agent/file_version.h"
#include "slurm-plugin/state/runtime_state.h"

namespace foreshape {

struct SnapshotState {
  UnixSeconds made_s = 0;  ///< of the one in force; 0 = none yet
  UnixSeconds loaded_s = 0;
  double load_seconds = 0;
  std::int64_t bytes = 0;
  std::string refused;  ///< why the newest file is not the one in force; empty if it is, or there is none
};

class SnapshotWatch {
 public:
  explicit SnapshotWatch(RuntimeState& state) : state_(state) {}

  /// Looks at the file's identity, size and time; reads it only if one of them is new.
  void pass();

  SnapshotState state() const;

 private:
  Result<void> load(const std::string& path);

  RuntimeState& state_;
  FileVersion seen_;
  mutable std::mutex mutex_;  // guards now_
  SnapshotState now_;
};

}  // namespace foreshape
