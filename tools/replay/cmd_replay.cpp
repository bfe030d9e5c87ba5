// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include "replay/report.h"
#include "tools/cli/commands.h"
#include "tools/replay/replay_options.h"
#include "tools/replay/replay_results.h"
#include "tools/replay/site_front.h"
#include "tools/replay/site_omissions.h"
#include "tools/replay/site_replay.h"

namespace foreshape {
namespace {

Result<void> replay_trace(const std::string& path, const ReplayOptions& options, ReplayResults& all) {
  const auto loaded = load_workload(path, options.load);
  if (!loaded) return tl::make_unexpected(loaded.error());
  all.loaded.push_back(load_report_text(loaded->workload, loaded->report));
  if (!options.is_quiet()) fmt::print("{}", all.loaded.back());
  const auto runs = replay_workload(loaded->workload, options.policies, options, all);
  if (!options.is_quiet()) fmt::print("{}\n", table_text(runs, compare_with_first(runs)));
  return {};
}

Result<void> replay_traces(const ReplayOptions& options) {
  ReplayResults all;
  for (const std::string& path : options.traces)
    if (auto done = replay_trace(path, options, all); !done) return done;
  return write_results(
      options, all, [&] { return json_text(all.runs, all.comparisons); },
      [&] { return trace_front(all.loaded, trace_omissions(options.load.sharing, options.policies)); });
}

}  // namespace

int run_replay(const Args& args) {
  const auto options = parse_replay_options(args);
  if (!options) return options.error();
  const auto done = options->site ? replay_site(*options) : replay_traces(*options);
  return done ? kDone : report_failure(kReplayProgram, done.error());
}

}  // namespace foreshape
