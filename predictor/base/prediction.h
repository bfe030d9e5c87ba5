// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a predictor says about one job: a quantile function for each resource.
//
// Runs in: slurmctld and offline. Trivially copyable, 300 bytes.
// Threads: plain values.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace foreshape {

enum class Resource : std::uint8_t { run_time, peak_memory, cpu_efficiency, read, written };
inline constexpr std::size_t kResources = 5;

/// The levels at which every prediction is kept, in memory, journal and store; any quantile between
/// them is interpolated.
inline constexpr std::array<float, 11> kQuantileLevels = {.01F, .05F, .1F,  .25F, .5F, .75F,
                                                          .8F,  .9F,  .95F, .98F, .99F};

/// The distribution of one resource: seconds, bytes, or a fraction (cpu efficiency).
struct Forecast {
  std::array<float, kQuantileLevels.size()> quantiles{};  ///< at kQuantileLevels, never decreasing
  float typical = 0;       ///< the value that maximises the expected min/max ratio; the point prediction
  float mean = 0;          ///< the weighted mean, for ordering
  std::uint16_t jobs = 0;  ///< evidence: how many past jobs were weighed; 0 = nothing is known

  bool known() const { return jobs > 0; }

  /// The value at level q, 0 < q < 1: linear between the kept levels, constant beyond them.
  float quantile(float q) const {
    const auto above = std::lower_bound(kQuantileLevels.begin(), kQuantileLevels.end(), q);
    if (above == kQuantileLevels.begin()) return quantiles.front();
    if (above == kQuantileLevels.end()) return quantiles.back();
    const auto i = static_cast<std::size_t>(above - kQuantileLevels.begin());
    const float share = (q - kQuantileLevels[i - 1]) / (kQuantileLevels[i] - kQuantileLevels[i - 1]);
    return quantiles[i - 1] + share * (quantiles[i] - quantiles[i - 1]);
  }

  /// The chance of a value below x, as far as the kept levels tell: linear between them, 0 at or below the
  /// first quantile and 1 above the last. 0 where nothing is known.
  float share_below(float x) const {
    const auto above = std::lower_bound(quantiles.begin(), quantiles.end(), x);
    if (!known() || above == quantiles.begin()) return 0;
    if (above == quantiles.end()) return 1;
    const auto i = static_cast<std::size_t>(above - quantiles.begin());
    const float share = (x - quantiles[i - 1]) / (quantiles[i] - quantiles[i - 1]);
    return kQuantileLevels[i - 1] + share * (kQuantileLevels[i] - kQuantileLevels[i - 1]);
  }
};

/// Whose past jobs the prediction rests on.
enum class Evidence : std::uint8_t { none, user, account, cluster };

struct Prediction {
  std::array<Forecast, kResources> forecasts;
  Evidence evidence = Evidence::none;
  std::uint16_t similar_jobs = 0;  ///< of them: same folded name and same request
  /// Of the user's own jobs of that name, whatever they requested: completed with their peak memory measured, and the
  /// largest peak for a request like this one, per node (baseline/alike_peak.h). Neither is in the journal.
  std::uint16_t alike_runs = 0;
  float alike_peak_bytes = 0;
  std::uint64_t model = 0;  ///< checksum of the trained model that had a say; 0 = the kernel alone

  const Forecast& of(Resource r) const { return forecasts[static_cast<std::size_t>(r)]; }
  Forecast& of(Resource r) { return forecasts[static_cast<std::size_t>(r)]; }
};

static_assert(std::is_trivially_copyable_v<Prediction>);

}  // namespace foreshape
