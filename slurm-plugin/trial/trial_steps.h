// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What must be done with the jobs that may begin a trial, run on trial, or did.
//
// Runs in: slurmctld (agent thread).
// Threads: one thread at a time.

#include <cstddef>
#include <cstdint>
#include <slurm/slurm.h>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "predictor/base/job.h"
#include "slurm-plugin/slurm/trial_job.h"
#include "slurm-plugin/trial/planned_starts.h"

namespace foreshape {

struct TrialStep {
  enum class Kind : std::uint8_t {
    end_wait,   ///< waits for its trial in vain, or may have none any more: it is as before
    run_whole,  ///< runs: its own limit fits now
    requeue,    ///< runs, or was ended by the trial's limit: back into the queue, held
    give_back,  ///< is back there: its own limit and its age, and, if the hold is ours, released
  } kind = Kind::end_wait;
  OpenTrial trial;
  bool release = false;  ///< the hold on it is ours
};

/// What one look goes by.
struct TrialTimes {
  UnixSeconds now_s = 0;
  std::int64_t length_s = 0;    ///< of a trial
  std::int64_t interval_s = 0;  ///< until the next look
  std::int64_t wait_s = 0;      ///< so long a job may wait for its trial
  bool ends_waits = false;      ///< nobody may begin a trial any more
};

class TrialSteps {
 public:
  /// Jobs of one look; each costs some calls of Slurm. The others are found at the next.
  static constexpr std::size_t kMaxSteps = 50;

  /// Running ones first: their time is short. Of those that Slurm has ended at a trial's limit each is queued
  /// again once. The list that the trials point into must outlive the steps.
  std::vector<TrialStep> due(std::span<const OpenTrial> trials, const PlannedStarts& planned,
                             const TrialTimes& times);

  /// Queued again and held by us: until given_back() it is released when it gets back what was its own.
  void requeued(JobId job) { held_.insert(job); }
  void given_back(JobId job) { held_.erase(job); }

  /// Jobs that may begin a trial or run on trial, at the last look.
  std::size_t open() const { return open_; }
  /// A job must be looked at again before long, even if Slurm's list has not changed.
  bool wants_look() const { return open_ > 0 || is_unsettled_; }

 private:
  void look_at_waiting(const OpenTrial& trial, const TrialTimes& times, std::vector<TrialStep>& steps);
  void look_at_running(const OpenTrial& trial, const PlannedStarts& planned, const TrialTimes& times,
                       std::vector<TrialStep>& steps);
  void look_at_ended(const OpenTrial& trial, const TrialTimes& times, std::vector<TrialStep>& steps);
  bool is_ours_held(const slurm_job_info_t& job) const;

  bool is_first_ = true;
  bool is_unsettled_ = false;
  std::size_t open_ = 0;
  std::unordered_set<JobId> held_;
  std::unordered_map<JobId, UnixSeconds> waits_since_s_;  // for their trial: those of the last list
};

}  // namespace foreshape
