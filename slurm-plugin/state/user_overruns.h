// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How far each user's jobs have run beyond what was predicted: what the next prediction is multiplied with
// for the order, so that jobs which end at once buy no place for one that does not.
//
// Runs in: slurmctld.
// Threads: immutable once made: from any. No allocation in factor_of().

#include <algorithm>
#include <utility>
#include <vector>

#include "predictor/base/job.h"

namespace foreshape {

/// The time that counts as fulfilled beforehand, seconds: a user is not judged by a few short jobs.
inline constexpr double kOverrunPrior_s = 600;

class UserOverruns {
 public:
  UserOverruns() = default;  ///< nobody has
  explicit UserOverruns(std::vector<std::pair<UserId, float>> factors) : factors_(std::move(factors)) {
    std::ranges::sort(factors_);
  }

  /// Time run / time predicted over all of the user's jobs of the last days, 1 at least.
  float factor_of(UserId uid) const {
    const auto found = std::ranges::lower_bound(factors_, uid, {}, &std::pair<UserId, float>::first);
    return found != factors_.end() && found->first == uid ? found->second : 1.0F;
  }
  std::size_t size() const { return factors_.size(); }

 private:
  std::vector<std::pair<UserId, float>> factors_;  // by uid
};

}  // namespace foreshape
