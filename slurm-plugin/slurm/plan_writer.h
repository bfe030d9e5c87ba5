// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The only place that changes a job descriptor.
//
// Runs in: slurmctld (RPC threads).
// Threads: pure functions; the caller owns the descriptor.

#include <cstdint>
#include <optional>
#include <slurm/slurm.h>

#include "predictor/advice.h"
#include "predictor/base/memory_mark.h"
#include "predictor/journal/event.h"

namespace foreshape {

/// Everything that one job and its user are told. Absent = not touched.
struct JobChanges {
  std::optional<SubmissionToken> tag;
  std::optional<MemoryMark> memory;  ///< with a tag only; the job must still request what the mark says
  bool may_be_tried = false;         ///< with a tag only
  std::optional<std::int32_t> order_points;  ///< for site_factor, before NICE_OFFSET; may be negative
  std::optional<AdviceText> advice;
};

/// True if the user requested nothing that a hold could contradict: no reservation, node list, feature,
/// generic resource, later begin, hold, other cluster; and no het job, which starts as a whole or not at all.
bool leaves_placement_to_slurm(const job_desc_msg_t& job);

/// Writes the changes. What the user, an administrator or another plugin has set stays: a site factor, a
/// message; behind an admin comment the tag is appended. Strings are copied into Slurm's
/// memory.
void write_changes(const JobChanges& changes, job_desc_msg_t& job, char** err_msg);

/// The changed job leaves the reservation that it waits in. The change names none itself.
void write_leaving(job_desc_msg_t& change);

}  // namespace foreshape
