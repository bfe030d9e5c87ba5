// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// exp and log for loops that the compiler turns into vector code: no call, no branch, no table.
//
// Runs in: slurmctld and offline. No libm.
// Threads: pure functions.

#include <algorithm>
#include <bit>
#include <cstdint>

namespace foreshape {

/// e^x with a relative error below 3e-7; x is taken as within [-87, 87]. NaN of NaN: callers look for it.
/// Source: range reduction by log 2 and a polynomial of degree 6, as in Cephes' expf (Moshier, 1989).
constexpr float fast_exp(float x) {
  x = std::min(std::max(x, -87.0F), 87.0F);  // two instructions; clamp() becomes a tangle of masks
  constexpr float kRound = 12582912.0F;      // 1.5 x 2^23: adding it leaves a whole number
  const float shifted = x * 1.44269504F + kRound;
  const float n = shifted - kRound;
  const float r = (x - n * 0.693359375F) + n * 2.12194440e-4F;
  float p = 1.9875691500e-4F;
  p = p * r + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = p * r * r + r + 1.0F;
  // n + 127 as an exponent, from the last bits of `shifted`, which are n's: kRound's own are 0. A cast would
  // be undefined for NaN, which stays one this way.
  const auto bits = (std::bit_cast<std::uint32_t>(shifted) + 127U) << 23U;
  return p * std::bit_cast<float>(bits);
}

/// The natural logarithm with an error below 2e-7 (relative above e, absolute below); x > 0 and normal.
/// Source: as above, Cephes' logf.
constexpr float fast_log(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  // The mantissa is taken from [sqrt 1/2, sqrt 2).
  const std::uint32_t above = bits - 0x3f3504f3U;
  const auto n = static_cast<float>(static_cast<std::int32_t>(above) >> 23);
  const float m = std::bit_cast<float>((above & 0x007fffffU) + 0x3f3504f3U) - 1.0F;
  float p = 7.0376836292e-2F;
  p = p * m - 1.1514610310e-1F;
  p = p * m + 1.1676998740e-1F;
  p = p * m - 1.2420140846e-1F;
  p = p * m + 1.4249322787e-1F;
  p = p * m - 1.6668057665e-1F;
  p = p * m + 2.0000714765e-1F;
  p = p * m - 2.4999993993e-1F;
  p = p * m + 3.3333331174e-1F;
  const float z = m * m;
  return (m + (p * m * z - 0.5F * z - n * 2.12194440e-4F)) + n * 0.693359375F;
}

}  // namespace foreshape
