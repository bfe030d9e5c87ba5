// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How much more memory than the largest peak known a user's jobs are given: a factor that follows how many of
// theirs were killed, so that the stated share of them has too little.
//
// With a the share wanted, each shaped job that ends moves the factor h:
//
//   ln h += kHeadroomStep (1 - a) if it was killed, else -= kHeadroomStep a;   within kMinHeadroom and kMaxHeadroom
//
// Quantile tracking by online gradient steps (Gibbs & Candes, NeurIPS 2021; on the scale of the plan rather than of
// the level, as the P part of Angelopoulos, Candes & Tibshirani, NeurIPS 2023). Guaranteed whatever the jobs do: of n
// ends between two moments at which h is at its least, at most a n + ln(kMaxHeadroom / kMinHeadroom) / kHeadroomStep
// + 1, that is a n + 11, were kills, if no job needs more than e^-kHeadroomStep kMaxHeadroom = 6.5 times the peak that
// was known. How late ends are told makes no difference to it, but for the plans made meanwhile.
// Source: ours; what was tried beside it: docs/experiments/2026-11-memory-headroom.md.
//
// Runs in: slurmctld (agent thread) and offline.
// Threads: pure function.

namespace foreshape {

inline constexpr double kFirstHeadroom = 1.25;  ///< nothing of the user's has ended yet
/// Accounting samples every 30 s on most sites: a short peak is missed by it and not by the kernel.
inline constexpr double kMinHeadroom = 1.1;
inline constexpr double kMaxHeadroom = 8;
inline constexpr double kHeadroomStep =
    0.2;  ///< a kill is worth 22 %; at a = .01 a hundred other ends undo it

/// h after the end of a job that had less than requested. target: a, within 0 and 1. What is no sound factor counts as
/// kFirstHeadroom.
double next_headroom(double headroom, bool was_killed, double target);

}  // namespace foreshape
