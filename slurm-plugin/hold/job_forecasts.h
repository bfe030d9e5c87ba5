// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Forecasts of the jobs in Slurm's list, each made once: when a running one ends, whether a waiting one is
// short.
//
// Runs in: slurmctld (agent thread).
// Threads: one at a time.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>

#include "predictor/plan/policy.h"
#include "predictor/plan/pre_allocation.h"
#include "predictor/profile/profile_store.h"
#include "slurm-plugin/slurm/slurm_control.h"
#include "slurm-plugin/state/user_overruns.h"

namespace foreshape {

class JobForecasts {
 public:
  /// A first pass over a long queue may not keep the agent for more than a fraction of a second.
  static constexpr std::size_t kMaxNewOnes = 5'000;

  explicit JobForecasts(const ProfileStore& profiles) : profiles_(profiles) {}

  /// Forgets jobs that are gone, and allows for kMaxNewOnes new forecasts.
  /// overruns: how far their users' jobs ran beyond what was predicted; none: nobody's did.
  void begin_pass(std::span<const SeenJob> jobs, std::shared_ptr<const UserOverruns> overruns);

  /// When a running job ends (predictor/plan/expected_end.h); at its limit where nothing is predicted.
  UnixSeconds expected_end_s(const SeenJob& job, UnixSeconds now_s, const Policy& policy);

  /// Predicted short, as far as its user's jobs keep to what is predicted of them, and requested nothing that
  /// the pool can't give.
  bool may_use_pool(const SeenJob& job, const Policy& policy);

  /// The seconds that it may run in this hold before it has overrun (run_in_hold_s()); nullopt: it
  /// may not enter, also where its time limit is not known. Into the personal hold of a user whom the site did not name
  /// only short jobs may, but at the end of another job.
  std::optional<std::int64_t> may_run_s(const SeenJob& job, const LiveHold& hold, const Policy& policy);

  /// Whether it may enter the hold of a chain.
  bool may_follow(const SeenJob& job, const Policy& policy);

 private:
  struct Kept {
    std::int64_t typical_s = 0, most_s = 0;  // 0 = not known
    std::optional<std::int64_t> hold_run_s;
    bool may_use_pool = false, is_short = false;
    // As it was requested when this was said: a waiting job may change.
    std::optional<std::int64_t> limit_s;
    std::uint32_t cpus = 0, nodes = 0;
    float overrun = 1;
  };
  /// nullptr: too many new ones in this pass.
  const Kept* forecast(const SeenJob& job, const Policy& policy);

  const ProfileStore& profiles_;
  std::shared_ptr<const UserOverruns> overruns_;
  std::unordered_map<JobId, Kept> kept_;
  std::size_t new_ones_ = 0;
};

}  // namespace foreshape
