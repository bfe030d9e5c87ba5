// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Replays as one self-contained HTML page: tables and plots that open offline, without script.
//
// Runs in: offline.
// Threads: pure functions.

#include <string>
#include <vector>

#include "replay/experiment.h"
#include "replay/page_front.h"
#include "replay/picture.h"

namespace foreshape {

/// The page for all traces. Nothing in it is fetched from anywhere, and a Content-Security-Policy says so to
/// the browser; all names in it are escaped.
///
/// front: what it says before all tables and plots, and how it came about.
/// pictures: one for each trace, in the order in which the traces come in `runs`.
std::string html_text(const PageFront& front, const std::vector<TracePicture>& pictures,
                      const std::vector<ReplayRun>& runs, const std::vector<Comparison>& comparisons);

}  // namespace foreshape
