// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Time until a user's next submission, in bins that double: what the forecast of arrivals is made of.
//
// Runs in: slurmctld and offline.
// Threads: pure functions.

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace foreshape {

/// Bin 0 is the same second, bin i > 0 holds [2^(i-1), 2^i) seconds; what is longer than the last (six days)
/// is "later".
inline constexpr std::size_t kArrivalBins = 20;
inline constexpr std::int64_t kLater_s = std::int64_t{1} << (kArrivalBins - 1);

/// 0 .. kArrivalBins; kArrivalBins = later.
inline std::size_t arrival_bin(std::int64_t seconds) {
  return std::min<std::size_t>(std::bit_width(static_cast<std::uint64_t>(std::max<std::int64_t>(seconds, 0))),
                               kArrivalBins);
}
inline double bin_start_s(std::size_t bin) {
  return bin == 0 ? 0 : std::ldexp(1.0, static_cast<int>(bin) - 1);
}
inline double bin_end_s(std::size_t bin) { return std::ldexp(1.0, static_cast<int>(bin)); }

/// P(submits in the bin | not before it), for each bin.
using Hazards = std::array<float, kArrivalBins>;

/// P(submits within the next window_s seconds); inside a bin the hazard is spread evenly.
inline double probability_within(const Hazards& hazards, double window_s) {
  double none = 1;
  for (std::size_t b = 0; b < kArrivalBins && bin_start_s(b) < window_s; ++b) {
    const double start = bin_start_s(b), end = b == 0 ? 1 : bin_end_s(b);
    const double share = std::min(1.0, (window_s - start) / (end - start));
    none *= std::pow(1 - static_cast<double>(hazards[b]), share);
  }
  return 1 - none;
}

/// -ln P(bin): what a forecast pays for what came, in nats.
inline double nats(const Hazards& hazards, std::size_t bin) {
  double sum = 0;
  const auto of = [](double p) { return -std::log(std::max(p, 1e-9)); };
  for (std::size_t b = 0; b < std::min(bin, kArrivalBins); ++b)
    sum += of(1 - static_cast<double>(hazards[b]));
  return bin < kArrivalBins ? sum + of(static_cast<double>(hazards[bin])) : sum;
}

}  // namespace foreshape
