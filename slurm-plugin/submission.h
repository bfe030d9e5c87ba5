#pragma once
// What happens to a job inside job_submit: read, predicted, planned, written, recorded.
//
// Runs in: slurmctld (RPC threads).
// Threads: submit() from any thread, concurrently. Bounded work, no I/O, no call of a Slurm RPC.

#include <slurm/slurm.h>

#include "predictor/base/job.h"
#include "predictor/journal/event.h"
#include "predictor/profile/profile_store.h"
#include "slurm-plugin/runtime_state.h"

namespace foreshape {

/// What is remembered of a submission for the forecast of the user's next one.
Submission submission_of(const SubmissionEvent& event);

/// Handles one submission. The descriptor is changed in the last step only, which can't fail: if anything
/// before throws, the job is as its user sent it.
void submit(RuntimeState& state, job_desc_msg_t& job, UserId submitter, char** err_msg);

}  // namespace foreshape
