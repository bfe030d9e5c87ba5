// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the plan of a job takes into account of how its user's earlier ones fared, beside the prediction.
//
// Runs in: slurmctld and offline.
// Threads: plain values.

#include "predictor/plan/memory_headroom.h"

namespace foreshape {

struct UserFactors {
  /// What the predicted run time is multiplied with for order and pool, up to the request: a user whose jobs run
  /// longer than predicted wins as much less. 1 = nothing is held against him.
  float overrun = 1;
  double memory_headroom = kFirstHeadroom;
};

}  // namespace foreshape
