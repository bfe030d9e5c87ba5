// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The scale on which margins move: from a number t to what is planned, and from what was used back to t.
//
// Runs in: slurmctld and offline. No allocation.
// Threads: pure functions.

#include "predictor/base/prediction.h"

namespace foreshape {

/// What is planned at t >= 0, where t = -ln(1 - level): .69 is the median, 3.0 the level .95, 4.6 the level
/// .99. Never decreasing in t; forecast.known().
///
///   ln value(t) = (1 - w) ln q(1 - e^-t) + w (ln typical + c t)
///
/// q is the forecast's quantile, linear in ln between the kept levels, constant below the first. Beyond the
/// last one ln value goes on as steeply as from .9 to .99, by kMinTailSlope at least: a Pareto tail. The
/// second term is a factor on the point prediction: an uncertain job is planned somewhat less amply than its
/// own quantile says, a sure one more so, which costs less for the same share of too small plans. Whatever
/// the mixture does to the level, the controller measures it.
/// Source: tail: Pickands, Annals of Statistics 3(1), 1975, with the forecast's own slope instead of a fitted
/// one; mixture: ours (docs/experiments/2026-11-margins.md).
double value_at(const Forecast& forecast, double t);

/// The smallest t at which `used` would have been enough; 0 where every t is. used > 0.
double score_of(const Forecast& forecast, double used);

inline constexpr double kFactorShare = 0.3;    ///< w
inline constexpr double kFactorSlope = 0.31;   ///< c: 2.5 times the point prediction at the level .95
inline constexpr double kMinTailSlope = 0.25;  ///< 28 % more for each e-fold of rarity

}  // namespace foreshape
