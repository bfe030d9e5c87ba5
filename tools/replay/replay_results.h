// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A workload run under policies, what came of it, and the files that it goes into.
//
// Runs in: offline.
// Threads: main thread only.

#include <functional>
#include <string>
#include <vector>

#include "replay/experiment.h"
#include "replay/page_front.h"
#include "replay/picture.h"
#include "tools/replay/replay_options.h"

namespace foreshape {

struct ReplayResults {
  std::vector<ReplayRun> runs;
  std::vector<Comparison> comparisons;
  std::string schedules;  ///< CSV
  std::vector<TracePicture> pictures;
  std::vector<std::string> loaded;  ///< load_report_text() of each trace
};

/// Runs it, with a line of progress on a terminal, and adds what came of it. Returns the runs of this
/// workload.
std::vector<ReplayRun> replay_workload(const Workload& load, const std::vector<SchedulingPolicy>& policies,
                                       const ReplayOptions& options, ReplayResults& all);

/// The files of the options. json: what goes into the JSON file; front: the page's words, to which version, date and command are
/// added. Both are made only if requested.
/// Errors: those of replace_file.
Result<void> write_results(const ReplayOptions& options, const ReplayResults& all,
                           const std::function<std::string()>& json, const std::function<PageFront()>& front);

}  // namespace foreshape
