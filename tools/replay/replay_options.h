// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The command line of foreshape replay.
//
// Runs in: offline.
// Threads: main thread only.

#include <optional>
#include <string>
#include <vector>

#include "predictor/base/result.h"
#include "replay/experiment.h"
#include "replay/workload.h"
#include "tools/cli/command.h"
#include "tools/replay/site_options.h"

namespace foreshape {

inline constexpr const char* kReplayProgram = "foreshape replay";

/// A file to write, or "-" for standard output; nullopt = not requested.
using OutputFile = std::optional<std::string>;

struct ReplayOptions {
  std::optional<SiteRequest> site;  ///< instead of traces and policies
  std::vector<std::string> traces;
  std::vector<SchedulingPolicy> policies;  ///< with the site's settings in them
  LoadOptions load;
  ExperimentOptions experiment;  ///< without an observer
  OutputFile json, csv, html, schedule;
  std::string command;  ///< as it was typed

  /// Standard output is one of the files: nothing else may go there.
  bool is_quiet() const;
};

/// The options, or the exit code to end with: help was shown, or a usage error reported.
tl::expected<ReplayOptions, ExitCode> parse_replay_options(const Args& args);

}  // namespace foreshape
