#pragma once
// Scheduling passes: who starts now.
//
// Runs in: offline.
// Threads: one state, one thread.

#include "replay/state.h"

namespace foreshape {

/// EASY: starts the first jobs by arrival while they fit, then candidates in the queue's order that do not
/// delay the first one that is blocked, as far as planned ends tell.
/// Source: Lifka, JSSPP 1995; Tsafrir et al. 2007 for shortest first among the candidates.
void easy_pass(SimulationState& state);

}  // namespace foreshape
