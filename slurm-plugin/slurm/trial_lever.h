// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which jobs may be started on trial: those that can be queued again as they were, that nobody waits for or
// sits in front of, and that do not go by their time limit themselves.
//
// Runs in: slurmctld (RPC threads: bounded, no allocation).
// Threads: pure functions; the caller owns the descriptor.

#include <cstdint>
#include <slurm/slurm.h>
#include <string_view>

#include "slurm-plugin/slurm/job_request.h"
#include "slurm-plugin/slurm/site_facts.h"

namespace foreshape {

/// Slurm's own limit of a trial run, in minutes, whole: twice the trial's length. The agent ends a trial at
/// half of it, and has the other half for where it comes late.
constexpr std::uint32_t trial_limit_min(std::int64_t length_s) {
  return static_cast<std::uint32_t>((2 * length_s + 59) / 60);
}

/// True for a batch job that Slurm may requeue, with a limit of at least three trials' and none for its least
/// time (--time-min, --deadline): no array, no het job, no other cluster, nothing that it depends on, no burst
/// buffer, no reservation, no --signal before its limit, not opted out, its script does not mind_limit(), and its
/// admin comment has room for the mark. submitted: made from the same descriptor, with its defaults.
bool can_be_tried(const job_desc_msg_t& job, const SubmittedJob& submitted, const SiteFacts& facts,
                  std::uint32_t trial_min);

/// True if the script asks Slurm how long it may run (scontrol, squeue, SLURM_JOB_END_TIME): on trial it would
/// be told the trial's limit. Also for a script that is not all looked at.
bool minds_limit(std::string_view script);

}  // namespace foreshape
