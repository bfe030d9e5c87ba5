// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Whether a submitted job may be started on trial later: as the site, its user and its kind have it.
//
// Runs in: slurmctld (RPC threads: bounded, no allocation).
// Threads: pure function; the caller owns the descriptor.

#include <slurm/slurm.h>

#include "predictor/base/prediction.h"
#include "predictor/config/settings.h"
#include "slurm-plugin/slurm/job_request.h"
#include "slurm-plugin/slurm/site_facts.h"

namespace foreshape {

/// False: Trial is off in one of the places where it may come to run, or opt-in and it says nothing, its chance to run
/// less than ten minutes is below TrialChance or unknown, or it is no job for that (can_be_tried()). submitted: made from
/// the same descriptor, with its defaults.
bool may_be_tried(const job_desc_msg_t& job, const SubmittedJob& submitted, const Prediction& prediction,
                  const SiteFacts& facts, const Settings& settings);

}  // namespace foreshape
