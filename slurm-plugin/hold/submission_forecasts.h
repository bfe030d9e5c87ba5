// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Next submissions that nodes may be held for.
//
// Runs in: slurmctld (agent thread).
// Threads: one at a time.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "predictor/foresight.h"
#include "predictor/plan/policy.h"
#include "predictor/plan/pre_allocation.h"
#include "slurm-plugin/hold/partition_ages.h"
#include "slurm-plugin/slurm/slurm_control.h"
#include "slurm-plugin/state/runtime_state.h"

namespace foreshape {

/// The forecasts of the last pass.
struct ForecastFigures {
  const char* by = "none";  ///< model (its network), gaps
  std::size_t users = 0, by_network = 0;
  std::int64_t us = 0;  ///< all of them together
};

class SubmissionForecasts {
 public:
  /// state must outlive it.
  explicit SubmissionForecasts(RuntimeState& state) : state_(state) {}

  /// Nobody is expected where nobody would be let in: in a list of partitions, one that is gone or young, one
  /// where others have reserved cores.
  /// name_of: the name of a user who may have personal holds, else nullopt; where that may be anybody it is
  /// asked for those only who are foreseen surely enough.
  std::vector<ForeseenJob> foresee(const SeenSlurm& seen, const HoldPolicy& policy,
                                   const std::function<std::optional<std::string>(UserId)>& name_of);

  /// The name of a partition in which somebody was expected in the last foresee(), by its hash; empty = none.
  std::string partition_of(TextHash partition) const;

  const ForecastFigures& figures() const { return figures_; }

  /// The clock was set: no partition is young any more.
  void forget_times() { ages_ = {}; }

 private:
  std::map<TextHash, std::string> find_open_partitions(const SeenSlurm& seen, const HoldPolicy& policy);
  std::vector<Foresight> forecast(UnixSeconds now_s, std::int64_t window_s, double least);

  RuntimeState& state_;
  PartitionAges ages_;
  std::map<TextHash, std::string> open_partitions_;
  ForecastFigures figures_;
};

}  // namespace foreshape
