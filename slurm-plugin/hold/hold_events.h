// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The journal's word on each step of a hold.
//
// Runs in: slurmctld (agent thread).
// Threads: pure functions.

#include <string_view>

#include "predictor/journal/event.h"
#include "predictor/plan/reconciler.h"
#include "slurm-plugin/hold/hold_state.h"

namespace foreshape {

/// nodes and deadline as the hold has them; of the pool the deadline is when Slurm gives it back.
HoldEvent hold_event(HoldPhase step, HoldAction action, const LiveHold& hold, std::string_view reason,
                     UnixSeconds at_s);

/// The journal's word for a step of the reconciler; an extension changes no nodes and is `none`.
HoldAction journal_action(HoldAction action);

/// The hold as it is once the step is done.
LiveHold hold_after(const HoldStep& step);

/// Not each time that the pool, or what waits for the end of a job, is extended: that goes on all day long.
/// live: the holds before the step.
bool is_worth_a_line(const HoldStep& step, std::span<const LiveHold> live);

}  // namespace foreshape
