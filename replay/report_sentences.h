// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a replay's table does not show, in sentences.
//
// Runs in: offline.
// Threads: pure functions.

#include <string>
#include <vector>

#include "replay/run_group.h"

namespace foreshape {

/// What the heads of the table's columns mean.
std::string column_words();

/// Where the slowdown comes from; what trial starts did, and what holds did, for the policies that have them.
std::string report_sentences(const std::vector<RunGroup>& groups);

}  // namespace foreshape
