#pragma once
// Forecasts of the jobs in Slurm's list, each made once: when a running one ends, whether a waiting one is
// short.
//
// Runs in: slurmctld (agent thread).
// Threads: one at a time.

#include <cstdint>
#include <span>
#include <unordered_map>

#include "predictor/plan/policy.h"
#include "predictor/profile/profile_store.h"
#include "slurm-plugin/slurm_control.h"

namespace foreshape {

class JobForecasts {
 public:
  /// A first pass over a long queue may not keep the agent for more than a fraction of a second.
  static constexpr std::size_t kMostNewOnes = 5'000;

  explicit JobForecasts(const ProfileStore& profiles) : profiles_(profiles) {}

  /// Forgets jobs that are gone, and allows for kMostNewOnes new forecasts.
  void begin_pass(std::span<const SeenJob> jobs);

  /// When a running job ends: start + its typical run time; once it has run for longer, + the time that nine
  /// in ten stay below; then as much longer as it has run already (ours: run times have heavy tails, and a
  /// guess that grows with the run is wrong by a factor of two at most); never beyond its limit.
  UnixSeconds expected_end_s(const SeenJob& job, UnixSeconds now_s, const Policy& policy);

  /// Predicted short, and asked for nothing that the pool can't give.
  bool may_use_pool(const SeenJob& job, const Policy& policy);

 private:
  struct Kept {
    std::int64_t typical_s = 0, most_s = 0;  // 0 = not known
    bool may_use_pool = false;
  };
  /// nullptr: too many new ones in this pass.
  const Kept* forecast(const SeenJob& job, const Policy& policy);

  const ProfileStore& profiles_;
  std::unordered_map<JobId, Kept> kept_;
  std::size_t new_ones_ = 0;
};

}  // namespace foreshape
