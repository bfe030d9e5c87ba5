// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Runs of one trace, policy and predictor, and how tables and sentences say what is common to them.
//
// Runs in: offline.
// Threads: pure functions.

#include <functional>
#include <string>
#include <vector>

#include "replay/experiment.h"

namespace foreshape {

/// One run for each seed; never empty. Points into what it was made of.
using RunGroup = std::vector<const ReplayRun*>;

/// In the order of their first runs.
std::vector<RunGroup> grouped(const std::vector<ReplayRun>& runs);

double mean(const RunGroup& group, const std::function<double(const ReplayRun&)>& figure);

/// "policy:predictor".
std::string label(const std::string& policy, const std::string& predictor);

/// With two digits; "-" for what is no number.
std::string hours_text(double seconds);

}  // namespace foreshape
