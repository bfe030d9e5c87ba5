// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A mixture of Laplace distributions over the logarithm of one resource: its likelihood, and what is read off
// it.
//
// Runs in: slurmctld and offline. No allocation, no libm.
// Threads: pure functions.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "predictor/base/prediction.h"
#include "predictor/baseline/weighted_values.h"
#include "predictor/model/features/features.h"

namespace foreshape {

/// Bins of used over requested, besides the candidates. N in formulas.
inline constexpr std::size_t kBins = 12;
/// Components of a mixture: the candidates first, then the bins. C in formulas.
inline constexpr std::size_t kComponents = kPointed + kBins;

/// p(y) = sum_c w_c / (2 b_c) exp(-|y - m_c| / b_c), y = ln(seconds, bytes or share). A component with
/// log_weight <= kNoWeight is not there.
struct Mixture {
  std::array<float, kComponents> log_weight;  ///< ln w; their exponentials sum to 1
  std::array<float, kComponents> center;      ///< m
  std::array<float, kComponents> width;       ///< b > 0
};
inline constexpr float kNoWeight = -60.0F;

/// dL/d of the same, but of the logits before they were normalised.
struct MixtureGradient {
  std::array<float, kComponents> logit, center, width;
};

/// -ln p(y), or for kAtLeast -ln P(Y >= y); known is kMeasured or kAtLeast. Overwrites gradient.
///
/// Source: mixture density networks (Bishop, "Mixture density networks", 1994) over pointers (Vinyals et al.,
/// "Pointer networks", NIPS 2015); the survival term as for every censored observation (Kalbfleisch &
/// Prentice, "The statistical analysis of failure time data", 3.2).
double mixture_loss(const Mixture& mixture, float y, std::uint8_t known, MixtureGradient& gradient);

/// P(Y <= y).
float mixture_cdf(const Mixture& mixture, float y);

/// What the mixture says of min(Y, bound), in seconds, bytes or share; quantiles from the inverse of the
/// distribution function, to 1e-3 in ln, never crossing. jobs is left at 0.
///
/// typical: of the components' centers x the one that maximises E min(e^x, e^Y) / max(e^x, e^Y); for one
/// component E exp(-|x - Y|) = (e^-d - b e^(-d / b)) / (1 - b^2), d = |x - m| (the convolution of two
/// Laplace densities).
Forecast mixture_forecast(const Mixture& mixture, float bound);

/// Where a point prediction may lie, and the expected min / max of each place by the mixture and by the
/// kernel. Being expectations, they mix as the two distributions do.
struct PointChoices {
  static constexpr std::size_t kMax = kComponents + 1;
  std::array<float, kMax> value;  ///< seconds, bytes or share
  std::array<float, kMax> network, kernel;
  std::size_t size = 0;

  /// The value that maximises trust * network + (1 - trust) * kernel; 0 (no forecast) where there is none, as
  /// in a mixture of numbers that are none.
  float best(float trust) const;
};

/// The same forecast, and overwrites choices: the components' centers and the kernel's own point, by what the
/// kernel weighed.
///
/// kernel, votes  of the same resource, known
Forecast mixture_forecast(const Mixture& mixture, float bound, const Forecast& kernel,
                          const WeightedValues& votes, PointChoices& choices);

}  // namespace foreshape
