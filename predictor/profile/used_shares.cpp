// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/profile/used_shares.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace foreshape {
namespace {

// All counts are halved when they reach this: the newest jobs then weigh about twice as much as the ones
// before, at no cost per job.
constexpr float kHalveAt = 8192;

}  // namespace

void ShareHistogram::add(double used, double requested) {
  if (!(used > 0) || !(requested > 0)) return;
  const double half_octaves = 2 * std::log2(requested / used);
  const auto bin = std::clamp(half_octaves, 0.0, static_cast<double>(kBins - 1));
  count[static_cast<std::size_t>(bin)] += 1;
  if (total() >= kHalveAt)
    for (float& c : count) c /= 2;
}

float ShareHistogram::total() const { return std::accumulate(count.begin(), count.end(), 0.0F); }

void UsedShares::add(const PastJob& job) {
  if (was_cut_off_by_others(job.state)) return;
  if (job.run_s > 0 && job.requested_limit_s > 0) run_time.add(job.run_s, job.requested_limit_s);
  if (job.used_memory_kib != PastJob::kNotMeasured && job.requested_memory_kib > 0 &&
      job.state != JobState::cancelled)
    memory.add(job.used_memory_kib, job.requested_memory_kib);
}

}  // namespace foreshape
