// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a state says about its run; is_measurement() stands beside JobState itself.
//
// Runs in: slurmctld and offline.
// Threads: pure functions.
//
// SQL has functions of the same names (sql/migrations/0004_states.sql); state_functions_test compares the
// two.

#include "predictor/base/job.h"

namespace foreshape {

/// True while more is to come: the job waits, runs, or was not told of in full.
constexpr bool is_open(JobState state) {
  return state == JobState::unknown || state == JobState::pending || state == JobState::running;
}

constexpr bool has_ended(JobState state) { return !is_open(state); }

/// True where Slurm took the nodes away for a reason that was not the job's: it may have queued the job
/// again.
constexpr bool is_cut_off(JobState state) {
  return state == JobState::requeued || state == JobState::preempted || state == JobState::node_fail ||
         state == JobState::boot_fail;
}

}  // namespace foreshape
