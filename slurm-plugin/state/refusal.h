// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How users would come into a hold by hand: what they may not say of a job, because only Foreshape itself
// may, and which changes take a job out of a hold or to another place in the order.
//
// Runs in: slurmctld (RPC threads).
// Threads: any; pure but for the admission's lock.

#include <slurm/slurm.h>
#include <vector>

#include "predictor/base/job.h"
#include "slurm-plugin/slurm/job_key.h"
#include "slurm-plugin/state/hold_admission.h"

namespace foreshape {

/// One line for the user of a submission, or of a change where job_id_str is set; nullptr: nothing is against
/// it. A constant.
const char* refusal_of(const job_desc_msg_t& job);

/// The job whose place in the order rests on something that this change is about: its width, limit, name, or
/// what rules go by. By all that it may have been named by; empty: nothing of the kind.
std::vector<JobKey> placed_anew(const job_desc_msg_t& change);

/// True for a change of a job on its way into a hold by which it might no longer be what the place was found
/// for. Such a change is not refused: the job goes back into the queue with it.
bool loses_its_place(const job_desc_msg_t& change, const HoldAdmission& admission);

}  // namespace foreshape
