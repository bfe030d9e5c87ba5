// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The one line that a user reads: what their own jobs like this one used, against what is requested now.
//
// Runs in: slurmctld and offline. No I/O; allocates only for the job's name.
// Threads: pure functions.

#include <optional>
#include <span>
#include <string_view>

#include "predictor/base/job.h"
#include "predictor/base/text.h"
#include "predictor/plan/plan.h"
#include "predictor/profile/past_job.h"
#include "predictor/profile/profile_store.h"

namespace foreshape {

using AdviceText = BoundedText<240>;

/// "your last 20 'relax' jobs used at most 5.1G of memory (requested 64G) and 41 min (requested 24 h)", or
/// nullopt where there is nothing worth a line: fewer than 5 measured jobs of this (folded) name, or less
/// than twice as much requested as any of them used. Levers whose mode is below advise are not spoken of.
///
/// jobs: the user's own, newest first; only those that finished by themselves count.
/// name: as the user wrote it; shown through harmless() and cut at 40 bytes.
std::optional<AdviceText> advice_text(const JobRequest& job, std::string_view name,
                                      std::span<const PastJob> jobs, const Plan& plan);

/// The same from the store; of a job that is submitted with less memory than requested, just that, what
/// happens if it is too little, and how to opt out. Copies the user's jobs: about as dear as a prediction.
std::optional<AdviceText> advice_text(const JobRequest& job, std::string_view name,
                                      const ProfileStore& profiles, const Plan& plan);

}  // namespace foreshape
