// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The tables of the replay's page, as HTML.
//
// Runs in: offline.
// Threads: pure functions.

#include <span>
#include <string>

#include "replay/experiment.h"
#include "replay/picture.h"

namespace foreshape {

/// The runs of one policy, one for each seed, of those of a trace (all policies, seed after seed).
std::vector<const ReplayRun*> runs_of(std::span<const ReplayRun> runs, std::size_t policies,
                                      std::size_t policy);
/// A figure's mean over the runs.
double mean_of(const std::vector<const ReplayRun*>& runs, double Metrics::*figure);

/// One row for each policy; the best figure of each column is marked.
std::string figures_table(const TracePicture& trace, std::span<const ReplayRun> runs);
/// Mean waits by narrow or wide and short or long, with bars.
std::string classes_table(const TracePicture& trace, std::span<const ReplayRun> runs);
/// Ratios to the first policy with their spread; "" where there is one seed only.
std::string ratios_table(const TracePicture& trace, std::span<const Comparison> comparisons);
/// The users whose slowdown changed most, folded away.
std::string users_table(const TracePicture& trace, std::size_t run);

}  // namespace foreshape
