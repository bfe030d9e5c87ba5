// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which share of their request jobs really use, over everybody: all that is known of a user who has no
// history.
//
// Runs in: slurmctld and offline. Trivially copyable, 256 bytes.
// Threads: plain values.

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "predictor/profile/past_job.h"

namespace foreshape {

/// A histogram of used / requested in half octaves: bin i counts shares in (2^-((i+1)/2), 2^-(i/2)], the last
/// also all below it (about 1 s of 18 h). Counts are decayed, so that the newest few thousand jobs tell.
struct ShareHistogram {
  static constexpr std::size_t kBins = 32;
  std::array<float, kBins> count{};

  /// used, requested > 0 in the same unit; more than requested counts as all of it.
  void add(double used, double requested);
  float total() const;
  /// The share in the (logarithmic) middle of a bin.
  static float middle(std::size_t bin) { return kMiddles[bin]; }

 private:
  // The first bin is taken at its upper end: jobs that use all of their request stop exactly there.
  static constexpr std::array<float, kBins> kMiddles = [] {
    std::array<float, kBins> middles{};
    double share = 0.5946035575013605;  // 2^-(3/4), the middle of bin 1
    for (std::size_t bin = 1; bin < kBins; ++bin) {
      middles[bin] = static_cast<float>(share);
      share *= 0.7071067811865476;  // 2^-(1/2)
    }
    middles[0] = 1;
    return middles;
  }();
};

struct UsedShares {
  ShareHistogram run_time;
  ShareHistogram memory;

  /// Counts a job that says something: with a request, measured, not cut off by others; memory not of
  /// cancelled jobs, which may not have come to need it.
  void add(const PastJob& job);
};

static_assert(std::is_trivially_copyable_v<UsedShares>);

}  // namespace foreshape
