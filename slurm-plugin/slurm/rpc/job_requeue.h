// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Queues a job again, held, and ends that hold.
//
// Runs in: slurmctld (agent thread only, with no lock held).
// Threads: one thread at a time.

#include <slurm/slurm.h>
#include <string>

#include "predictor/base/job.h"
#include "predictor/base/result.h"

namespace foreshape {

/// Queues a running or an ended job again and holds it, so that it can't start before it has got back what was
/// its own, also if slurmctld dies in this moment: its user could release it by hand then.
/// shown_id: of job_record.h.
/// Errors: unavailable - slurmctld does not answer, or refuses: the job is gone, or may not be requeued.
Result<void> requeue_held(std::string shown_id);

/// The same of a job that is no part of an array, but asks Slurm for the job first: one that has ended in the
/// meantime would run a second time. From then on Slurm itself refuses one that is about to end (COMPLETING).
/// Errors: not_found - it is gone, or in another state than had_state; unavailable.
Result<void> requeue_held_from(JobId job, JobState had_state);

/// Puts an end to the hold that requeue_held() made, and to the two minutes for which Slurm lets a requeued job
/// wait: the message has it start as soon as there is room.
void let_start_at_once(job_desc_msg_t& message);

}  // namespace foreshape
