// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What happens to a job inside job_submit: read, predicted, planned, written, recorded.
//
// Runs in: slurmctld (RPC threads).
// Threads: submit() from any thread, concurrently. Bounded work, no I/O, no call of a Slurm RPC.

#include <optional>
#include <slurm/slurm.h>

#include "predictor/base/job.h"
#include "predictor/journal/event.h"
#include "predictor/planned_job.h"
#include "predictor/profile/profile_store.h"
#include "slurm-plugin/state/runtime_state.h"

namespace foreshape {

/// What is remembered of a submission for the forecast of the user's next one.
Submission submission_of(const SubmissionEvent& event);

/// Remembers what a job's site factor was made from, for its renewal; nothing in a dry run.
void remember_offset(RuntimeState& state, const SubmissionEvent& event);

/// The predicted mean run time that a job's place in the order rests on; nullopt if it was not put into the
/// order, or nothing was predicted.
std::optional<float> order_claim(const Prediction& prediction, const Plan& plan);

/// The modes as they are for this user: of the memory at most observe where shaping has fallen back.
LeverModes modes_for_user(const RuntimeState& state, LeverModes modes, UserId user);

/// What is predicted of a job now, and its plan, by the trained model where one is in force and does not
/// fail; else by the kernel alone. modes: of the places where it may come to run.
PlannedJob planned_job(RuntimeState& state, const Settings& settings, const SiteFacts& facts,
                       const JobRequest& job, const LeverModes& modes);

/// Handles one submission. The descriptor is changed in the last step only, which can't fail: if anything
/// before throws, the job is as its user sent it.
void submit(RuntimeState& state, job_desc_msg_t& job, UserId submitter, char** err_msg);

}  // namespace foreshape
