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

#include "predictor/foresight.h"
#include "predictor/plan/reconciler.h"
#include "slurm-plugin/hold_book.h"
#include "slurm-plugin/job_forecasts.h"
#include "slurm-plugin/pool_usher.h"
#include "slurm-plugin/queue_heads.h"
#include "slurm-plugin/runtime_state.h"
#include "slurm-plugin/slurm_control.h"

namespace foreshape {

/// What is held now, for the operator.
struct HoldSummary {
  HoldPolicy::Mode mode = HoldPolicy::Mode::off;
  std::uint32_t pool_nodes = 0, pool_free_nodes = 0;
  std::uint32_t personal_holds = 0, personal_nodes = 0;
  std::uint32_t foreseen_users = 0;
  const char* forecaster = "none";  ///< of next submissions in the last pass: model (its network), gaps
  std::size_t forecast_users = 0, forecast_by_network = 0;
  std::int64_t forecast_us = 0;                     ///< all of them together
  std::uint64_t hits = 0, misses = 0, refused = 0;  ///< since the start
  std::int64_t idle_node_s = 0;                     ///< in the last 24 hours
  std::string last_refusal;
};

class HoldAgent {
 public:
  /// Both must outlive it.
  HoldAgent(RuntimeState& state, SlurmControl& control);

  /// One round: look at Slurm; close what Slurm gave back; account hits and idle time; foresee; plan;
  /// reconcile; do it, each step in the journal before and after; show short jobs to the pool; keep
  /// <StateDir>/holds.json.
  ///
  /// With hold.mode off it gives back all that is ours, once, and then does not even look. In dry-run
  /// nothing is done to Slurm and the steps are recorded as `would`. Where Slurm does not answer, nothing
  /// happens until the next pass.
  ///
  /// policy: the one in force; off where a kill switch or too many faults say so.
  void pass(const Policy& policy);

  const HoldSummary& summary() const { return summary_; }

 private:
  using Mode = HoldPolicy::Mode;

  void switch_to(Mode mode);
  void give_all_back();
  void work(const SeenSlurm& seen, const Policy& policy);
  void show_to_pool(const SeenSlurm& seen, const ResourcePool& pool, const Policy& policy);
  HitRules hit_rules(const Policy& policy);
  std::vector<Foresight> forecast(UnixSeconds now_s, std::int64_t window_s, double least);
  std::vector<ForeseenJob> foresee(const ResourcePool& pool, const HoldPolicy& policy);
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
  Mode mode_ = Mode::off;
  bool has_given_back_ = false;  // nothing of ours is left in Slurm since the mode is off
  HoldBook book_;
  QueueHeads heads_;
  JobForecasts forecasts_;
  PoolUsher usher_;
  std::string saved_;  // what the state file holds
  struct KnownUser {
    std::optional<UserId> uid;
    UnixSeconds asked_s = 0;
  };
  std::map<std::string, KnownUser> users_;
  std::map<std::string, UnixSeconds> refused_until_s_;  // by partition/user: Slurm said no to a hold
  HoldSummary summary_;
};

}  // namespace foreshape
