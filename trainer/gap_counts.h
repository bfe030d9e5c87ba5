// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The simplest forecasts of the next submission: how long a user's earlier gaps were.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <array>
#include <unordered_map>

#include "predictor/base/job.h"
#include "predictor/model/arrival/arrival_bins.h"

namespace foreshape {

/// Counts of gaps by bin; everybody's stand for a user of whom little is known, as kPriorGaps gaps.
class GapCounts {
 public:
  /// keep: what earlier gaps count after each new one; 1 = all alike (empirical distribution).
  explicit GapCounts(double keep) : keep_(keep) {}

  void add(UserId uid, std::size_t bin) {
    add(users_[uid], bin, keep_);
    add(everybody_, bin, 1);
  }

  /// At a submission.
  Hazards hazards(UserId uid) const {
    const auto found = users_.find(uid);
    Counts counts = found != users_.end() ? found->second : Counts{};
    double all = 0;
    for (const double n : everybody_) all += n;
    for (std::size_t b = 0; b <= kArrivalBins; ++b)
      counts[b] += kPriorGaps * (everybody_[b] + 1) / (all + kArrivalBins + 1);
    Hazards hazards{};
    double longer = counts[kArrivalBins];
    for (std::size_t b = kArrivalBins; b-- > 0;) {
      longer += counts[b];
      hazards[b] = static_cast<float>(counts[b] / longer);
    }
    return hazards;
  }

 private:
  using Counts = std::array<double, kArrivalBins + 1>;
  static constexpr double kPriorGaps = 2;
  static void add(Counts& counts, std::size_t bin, double keep) {
    for (double& n : counts) n *= keep;
    counts[bin] += 1;
  }

  double keep_;
  std::unordered_map<UserId, Counts> users_;
  Counts everybody_{};
};

}  // namespace foreshape
