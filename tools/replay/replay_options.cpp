// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/replay/replay_options.h"

#include <algorithm>
#include <fmt/format.h>
#include <thread>

#include "tools/cli/options.h"
#include "tools/cli/shell_line.h"
#include "tools/replay/load_options.h"
#include "tools/replay/policy_options.h"

namespace foreshape {
namespace {

/// How often, and where the results go.
void add_run_options(po::options_description& options) {
  const OptionRow rows[] = {
      {"jitter", number_value<std::int64_t>("SECONDS"),
       "put submissions off by 0 to this many seconds (default 0; with --site 59)"},
      {"runs", number_value<std::uint32_t>("N", 5), "runs with jitter, with seeds that follow one another"},
      {"seed", number_value<std::uint64_t>("N", 1), "first seed of the jitter"},
      {"threads", number_value<unsigned>("N", 0), "runs at a time; 0 = all cores"},
      {"json", text_value("FILE"), "write the results as JSON (- = stdout, no table)"},
      {"csv", text_value("FILE"), "write the results as CSV (- = stdout, no table)"},
      {"html", text_value("FILE"), "write tables and plots as a page that opens offline"},
      {"schedule", text_value("FILE"),
       "write every job's submission, start and end under every policy as CSV"},
  };
  add_options(options, rows);
}

CommandLine command_line() {
  CommandLine line{
      kReplayProgram, "[OPTIONS] TRACE...|--site",
      "Runs the jobs of traces (Standard Workload Format, sacct, Torque and Nextflow tables, plain or gzip) "
      "again under scheduling\n"
      "policies and shows what each is worth. A policy may name its predictor: easy-sjbf:last2.\n"
      "With --site: what would this site gain from Foreshape, and who would pay?"};
  line.operands_max = 1000;
  add_policy_options(line.options);
  add_load_options(line.options);
  add_run_options(line.options);
  add_site_options(line.options);
  return line;
}

/// Each run has a schedule of its own, each thread a stack: both end where no machine goes on.
constexpr std::uint32_t kMaxRuns = 10'000, kMaxThreads = 4096;
constexpr std::int64_t kMaxJitter_s = 365 * std::int64_t{86'400};
/// As in docs/benchmarks: enough for another schedule, too little for another load.
constexpr std::int64_t kSiteJitter_s = 59;

Result<ExperimentOptions> experiment_of(const ParsedOptions& parsed) {
  ExperimentOptions options;
  options.jitter_s = parsed.has("site") ? kSiteJitter_s : 0;
  if (parsed.has("jitter")) options.jitter_s = parsed.values["jitter"].as<std::int64_t>();
  options.runs = parsed.values["runs"].as<std::uint32_t>();
  options.seed = parsed.values["seed"].as<std::uint64_t>();
  options.threads = parsed.values["threads"].as<unsigned>();
  const auto within = [](const char* name, std::int64_t n, std::int64_t least, std::int64_t most) {
    return n >= least && n <= most ? std::string{}
                                   : fmt::format("--{}: {} is not from {} to {}", name, n, least, most);
  };
  for (const std::string& wrong :
       {within("jitter", options.jitter_s, 0, kMaxJitter_s), within("runs", options.runs, 1, kMaxRuns),
        within("threads", options.threads, 0, kMaxThreads)})
    if (!wrong.empty()) return failure(ErrorCode::invalid_input, wrong);
  if (options.threads == 0) options.threads = std::max(1U, std::thread::hardware_concurrency());
  return options;
}

OutputFile file_of(const ParsedOptions& parsed, const char* option) {
  return parsed.has(option) ? OutputFile{parsed.text(option)} : std::nullopt;
}

}  // namespace

bool ReplayOptions::is_quiet() const { return json == "-" || csv == "-" || html == "-" || schedule == "-"; }

tl::expected<ReplayOptions, ExitCode> parse_replay_options(const Args& args) {
  const ParsedOptions parsed = parse_options(command_line(), args);
  if (parsed.finished) return tl::make_unexpected(*parsed.finished);
  const auto misused = [](const std::string& why) -> tl::expected<ReplayOptions, ExitCode> {
    return tl::make_unexpected(ExitCode{report_usage(kReplayProgram, why)});
  };
  if (const std::string wrong = wrong_with_site(parsed); !wrong.empty()) return misused(wrong);
  ReplayOptions options;
  options.command = shell_line(kReplayProgram, args);
  options.traces = parsed.operands;
  if (parsed.has("site")) {
    auto site = site_request_of(parsed);
    if (!site) return misused(site.error().message);
    options.site = std::move(*site);
  } else {
    if (parsed.operands.empty()) return misused("name a trace, or --site");
    auto policies = policies_of(parsed);
    if (!policies) return misused(policies.error().message);
    options.policies = std::move(*policies);
  }
  const auto load = load_options_of(parsed);
  if (!load) return misused(load.error().message);
  options.load = *load;
  if (options.load.sharing == Sharing::shared &&
      std::ranges::any_of(options.policies, [](const SchedulingPolicy& p) { return p.hold.has_value(); }))
    return misused("what +hold holds are processors of one pool: leave out --nodes, or add --whole-node");
  const auto experiment = experiment_of(parsed);
  if (!experiment) return misused(experiment.error().message);
  options.experiment = *experiment;
  options.json = file_of(parsed, "json");
  options.csv = file_of(parsed, "csv");
  options.html = file_of(parsed, "html");
  options.schedule = file_of(parsed, "schedule");
  return options;
}

}  // namespace foreshape
