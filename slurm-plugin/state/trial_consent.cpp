// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/state/trial_consent.h"

#include "slurm-plugin/slurm/slurm_field.h"
#include "slurm-plugin/slurm/trial_lever.h"

namespace foreshape {
namespace {

constexpr float kShort_s = 600;

bool is_consented(const job_desc_msg_t& job, const SubmittedJob& submitted, const Policy& policy) {
  if (!policy.has_trials()) return false;
  const JobPlaces places{submitted.partitions.all(), submitted.qoses.all(), submitted.request.account};
  const TrialMode mode = policy.trial_for(places);
  return mode == TrialMode::on || (mode == TrialMode::opt_in && says_trial(bounded(job.comment)));
}

}  // namespace

bool may_be_tried(const job_desc_msg_t& job, const SubmittedJob& submitted, const Prediction& prediction,
                  const SiteFacts& facts, const Settings& settings) {
  const Forecast& run = prediction.of(Resource::run_time);
  if (!is_consented(job, submitted, settings.policy) || !run.known()) return false;
  const TrialStarts& trials = settings.policy.trials;
  const bool has_chance = static_cast<double>(run.share_below(kShort_s)) >= trials.chance_min;
  return has_chance && settings.job_tag &&
         can_be_tried(job, submitted, facts, trial_limit_min(trials.length_s));
}

}  // namespace foreshape
