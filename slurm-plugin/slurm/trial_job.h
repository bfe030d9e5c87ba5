// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A job in a trial, as Slurm's own list has it.
//
// Runs in: slurmctld.
// Threads: pure functions; the caller owns the record.

#include <cstdint>
#include <optional>
#include <slurm/slurm.h>
#include <vector>

#include "predictor/base/trial_mark.h"

namespace foreshape {

/// The mark of a job that may begin a trial, or did; nullopt also for parts of arrays and het jobs and for
/// interactive ones, which we never try: whoever has written our mark into another's comment must not make us
/// act on it.
std::optional<TrialMark> trial_of(const slurm_job_info_t& job);

/// A job of Slurm's list with the mark of a trial that is open.
struct OpenTrial {
  const slurm_job_info_t* job = nullptr;
  TrialMark mark;
};
/// All of them, in the list's order; pointers into it.
std::vector<OpenTrial> open_trials(const job_info_msg_t& jobs);

/// Seconds of its age that Slurm has forgotten since it was queued again after a trial, and that its site
/// factor stands for; 0 for all others.
std::int64_t age_credit_s(const slurm_job_info_t& job);

/// Whether it runs, or has run, with a trial's limit in the place of its own.
bool has_trial_limit(const slurm_job_info_t& job, const TrialMark& mark);

}  // namespace foreshape
