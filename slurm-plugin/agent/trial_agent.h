// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Carries out trial starts: lets backfill begin them, and ends them in good time.
//
// Runs in: slurmctld (agent thread).
// Threads: one thread at a time.

#include <cstdint>
#include <functional>
#include <slurm/slurm.h>
#include <vector>

#include "slurm-plugin/agent/requeue_watch.h"
#include "slurm-plugin/slurm/rpc/job_trial.h"
#include "slurm-plugin/state/runtime_state.h"
#include "slurm-plugin/trial/trial_choice.h"
#include "slurm-plugin/trial/trial_steps.h"
#include "slurm-plugin/trial/trial_tally.h"

namespace foreshape {

class TrialAgent {
 public:
  /// Jobs in a trial, waiting for it or running, at most.
  static constexpr std::size_t kMaxOpen = 32;

  /// state: must outlive it.
  explicit TrialAgent(RuntimeState& state) : state_(state) {}

  /// Each job on its own: what Slurm refuses is found again at the next pass. Also while everything is
  /// switched off: who is in a trial gets back what was its own, and nobody begins another.
  void pass(const job_info_msg_t& jobs);

  /// There are jobs to look at, even if none has changed since the last list.
  bool wants_look() const {
    return steps_.wants_look() || requeues_.wants_look() || choice_.has_candidates();
  }

 private:
  bool is_off() const;
  bool is_behind();
  void take_steps(const job_info_msg_t& jobs, const std::vector<OpenTrial>& trials);
  Result<void> take(const TrialStep& step);
  Result<void> give_back(const TrialStep& step);
  Result<void> requeue(const TrialStep& step);
  void begin_some(const job_info_msg_t& jobs);
  void begin(const slurm_job_info_t& job);

  RuntimeState& state_;
  TrialChoice choice_;
  TrialSteps steps_;
  TrialTally tally_;
  RequeueWatch requeues_;
  std::int64_t passed_ns_ = 0;
};

}  // namespace foreshape
