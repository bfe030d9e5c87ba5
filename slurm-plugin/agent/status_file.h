// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// status.json: what the Runtime is doing, for `foreshape status` and for monitoring.
//
// Runs in: slurmctld (agent thread).
// Threads: pure functions over what they are given.

#include <string>

#include "slurm-plugin/agent/journal_feed.h"
#include "slurm-plugin/agent/journal_recall.h"
#include "slurm-plugin/agent/model_watch.h"
#include "slurm-plugin/agent/snapshot_watch.h"
#include "slurm-plugin/hold/hold_agent.h"
#include "slurm-plugin/state/runtime_state.h"

namespace foreshape {

/// What is in the status beside the state that all threads share.
struct StatusParts {
  JournalSummary journal;
  SnapshotState snapshot;
  RecallState recall;
  ModelState model;
  std::string settings_file;
  std::string settings_error;  ///< why foreshape.conf as it is now is not in force; empty if it is
  HoldSummary holds;
};

/// The status as a JSON object (README.md lists its members). Texts are made harmless.
std::string status_json(const RuntimeState& state, const StatusParts& parts);

}  // namespace foreshape
