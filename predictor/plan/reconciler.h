// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What has to be done so that the holds become as they should be.
//
// Runs in: slurmctld (agent thread) and offline.
// Threads: pure functions.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "predictor/plan/pre_allocation.h"

namespace foreshape {

struct HoldStep {
  HoldAction action = HoldAction::release;  ///< create: the hold has no name yet
  /// The hold as it must be; for release as it was.
  WantedHold hold;
};

/// The steps, in an order in which a node that one hold gives up can be taken by another: release, shrink,
/// move, extend, grow, create. None if wanted and live agree: doing all steps and asking again gives none.
/// The pool is extended once its wanted end lies more than extend_after_s beyond the live one; a personal
/// hold at once, since a later end is a new promise.
std::vector<HoldStep> reconcile(std::span<const WantedHold> wanted, std::span<const LiveHold> live,
                                std::int64_t extend_after_s);

}  // namespace foreshape
