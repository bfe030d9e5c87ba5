// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Holds nodes for jobs that are not there yet: looks at Slurm, plans, and carries the plan out.
//
// Runs in: slurmctld (agent thread).
// Threads: one at a time.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "predictor/plan/reconciler.h"
#include "slurm-plugin/hold/confined_jobs.h"
#include "slurm-plugin/hold/hold_assigner.h"
#include "slurm-plugin/hold/hold_ledger.h"
#include "slurm-plugin/hold/hold_state_file.h"
#include "slurm-plugin/hold/hold_summary.h"
#include "slurm-plugin/hold/job_forecasts.h"
#include "slurm-plugin/hold/next_jobs.h"
#include "slurm-plugin/hold/queue_heads.h"
#include "slurm-plugin/hold/user_numbers.h"
#include "slurm-plugin/slurm/slurm_control.h"
#include "slurm-plugin/state/runtime_state.h"

namespace foreshape {

class HoldAgent {
 public:
  /// Both must outlive it.
  HoldAgent(RuntimeState& state, SlurmControl& control);

  /// One round: look at Slurm; close what Slurm gave back; account hits and idle time; foresee; plan;
  /// reconcile; do it, each step in the journal before and after; put jobs that fit into the holds; keep
  /// <StateDir>/holds.json.
  ///
  /// With hold.mode off it gives back all that is ours, once, and then does not even look. In dry-run
  /// nothing is done to Slurm and the steps are recorded as `would`. Where Slurm does not answer, nothing
  /// happens until the next pass.
  ///
  /// policy: the one in force; off where a kill switch or too many faults say so.
  void pass(const Policy& policy);

  /// Between two passes: whether one should come now, because a job has ended whose nodes are kept for the next.
  bool wants_look();

  const HoldSummary& summary() const { return summary_; }

 private:
  void switch_to(HoldMode mode);
  void give_all_back();
  void work(const SeenSlurm& seen, const Policy& policy);
  void notice_clock_step(UnixSeconds at_s);
  void let_in(const SeenSlurm& seen, const ResourcePool& pool, const Policy& policy);
  void accept_deletions(const std::vector<LiveHold>& deleted, UnixSeconds now_s);
  void note_overrun(const SeenJob& job, UnixSeconds now_s);
  HitRules hit_rules(const Policy& policy);
  void carry_out(std::vector<HoldStep> steps, const SeenSlurm& seen);
  void carry_out_one(HoldStep& step, UnixSeconds now_s);
  Result<void> tell_slurm(const HoldStep& step);
  void refuse(const HoldStep& step, const std::string& reason, UnixSeconds now_s);
  void record(const HoldEvent& event);
  void save();
  void summarise(const ResourcePool& pool);
  std::optional<UserId> user_id(const std::string& name);
  std::string state_file() const;

  RuntimeState& state_;
  SlurmControl& real_;
  std::unique_ptr<SlurmControl> dry_;  // in dry-run
  SlurmControl* control_;              // whichever of the two is in use
  HoldMode mode_ = HoldMode::off;
  std::optional<std::int64_t> wall_ahead_s_;  // of the monotonic clock, at the last pass
  bool has_given_back_ = false;               // nothing of ours is left in Slurm since the mode is off
  bool is_first_look_ = true;                 // of this process, in this mode
  HoldLedger ledger_;
  QueueHeads heads_;
  ConfinedJobs confined_;
  std::map<std::string, std::vector<ServedShare>> served_;  // by the pool of each partition, in the last plan
  NextJobs next_jobs_;
  JobForecasts forecasts_;
  HoldAssigner assigner_;
  HoldStateFile file_;
  UserNumbers users_;
  std::map<std::string, UnixSeconds> refused_until_s_;  // by partition/user: no such hold is made
  HoldSummary summary_;
};

}  // namespace foreshape
