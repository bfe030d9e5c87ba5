// SPDX-License-Identifier: GPL-2.0-or-later
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

/// What Slurm's main scheduler does at an event: starts the first jobs in order while they fit. A job that
/// does not fit stops it, unless the job may not reserve (bf_min_prio_reserve).
void slurm_main_pass(SimulationState& state);

/// One round of Slurm's backfill: the first bf_max_job_test jobs in order, each at the earliest time that
/// planned ends and the reservations before it allow; who can start now starts, others reserve.
/// Source: src/plugins/sched/backfill/backfill.c, 22.05, as far as processors in one pool go.
void slurm_backfill_pass(SimulationState& state);

}  // namespace foreshape
