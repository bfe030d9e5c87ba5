// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the page of a replay begins with: for a site what the terminal says, for traces what they are.
//
// Runs in: offline.
// Threads: pure functions.

#include "replay/page_front.h"
#include "tools/replay/site_sentences.h"

namespace foreshape {

/// Mean wait, longest wait and users of each lever, then the sentences of site_text in its order. Who made the page, when and by
/// what command is left to the caller.
PageFront site_front(const SiteReport& report);

/// traces: load_report_text() of each. omissions: what has no part in their replay.
PageFront trace_front(const std::vector<std::string>& traces, const std::vector<std::string>& omissions);

}  // namespace foreshape
