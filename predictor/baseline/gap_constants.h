// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the simple forecast of next submissions is made of: said once for the exact one (arrival.h) and the
// one in bins (predictor/model/arrival/arrival_prior.cpp).
//
// Runs in: slurmctld and offline.
// Threads: constants.

#include <array>

namespace foreshape {

/// After so many newer gaps a gap counts half.
inline constexpr double kHalfLifeGaps = 20;
/// What a gap counts after one newer one: 2^(-1 / kHalfLifeGaps).
inline constexpr double kGapDecay = 0.965936328924846;

/// The prior: so many gaps from a heavy-tailed distribution, P(longer than t) = (1 + t / scale)^-shape.
inline constexpr double kPriorWeight = 2, kPriorScale_s = 60, kPriorShape = 0.25;

/// A gap stands for gaps like it: a user who is a little late is not one who has stopped.
struct Blur {
  double factor, share;
};
inline constexpr std::array kBlur = {Blur{.8, .2}, Blur{1, .4}, Blur{1.25, .25}, Blur{2, .15}};

}  // namespace foreshape
