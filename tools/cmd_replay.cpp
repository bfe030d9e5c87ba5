#include <cstdio>
#include <fmt/format.h>
#include <functional>
#include <unistd.h>

#include "predictor/base/clock.h"
#include "predictor/base/file.h"
#include "replay/page.h"
#include "replay/report.h"
#include "replay/schedule_csv.h"
#include "tools/commands.h"
#include "tools/replay_options.h"

namespace foreshape {
namespace {

/// "62 %, 180,000 jobs/s, 12 s left" on a terminal, renewed in place twice a second.
class ProgressLine {
 public:
  explicit ProgressLine(std::string trace) : trace_(std::move(trace)), shown_(::isatty(STDERR_FILENO) != 0) {}
  ~ProgressLine() {
    if (drawn_) std::fputs("\r\033[K", stderr);
  }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void operator()(std::uint64_t done, std::uint64_t all) {
    const double now = static_cast<double>(clock_.monotonic_ns() - begin_ns_) * 1e-9;
    if (!shown_ || now - last_ < 0.5 || done == 0) return;
    last_ = now;
    drawn_ = true;
    const double rate = static_cast<double>(done) / now;
    fmt::print(stderr, "\r\033[K{}: {:.0f} %, {:.0f} jobs/s, {:.0f} s left", trace_,
               100.0 * static_cast<double>(done) / static_cast<double>(all), rate,
               static_cast<double>(all - done) / rate);
    std::fflush(stderr);
  }

 private:
  std::string trace_;
  bool shown_, drawn_ = false;
  SystemClock clock_;
  std::int64_t begin_ns_ = clock_.monotonic_ns();
  double last_ = 0;
};

struct Results {
  std::vector<ReplayRun> runs;
  std::vector<Comparison> comparisons;
  std::string schedules;  ///< CSV
  std::vector<TracePicture> pictures;
};

Result<void> replay_trace(const std::string& path, const ReplayOptions& options, Results& all) {
  auto loaded = load_workload(path, options.load);
  if (!loaded) return tl::make_unexpected(loaded.error());
  const std::size_t policies = options.policies.size();
  if (!options.is_quiet()) fmt::print("{}", load_report_text(loaded->workload, loaded->report));
  ExperimentOptions experiment = options.experiment;
  TracePicture picture = frame_of(loaded->workload);
  picture.seeds = experiment.jitter_s > 0 ? std::max(1U, experiment.runs) : 1;
  picture.runs.resize(policies);
  std::vector<std::string> schedules(picture.seeds * policies);
  experiment.observe = [&](std::size_t run, const Workload& load, const SchedulingPolicy& policy,
                           const Schedule& schedule) {
    if (options.schedule)
      schedules[run] = schedule_csv(load, policy, experiment.seed + run / policies, schedule);
    if (!options.html || run >= policies) return;
    picture.runs[run] = picture_of(load, schedule);
    picture.runs[run].policy = policy.name;
    picture.runs[run].predictor = source_name(policy.source);
  };
  std::vector<ReplayRun> runs;
  {
    ProgressLine line{loaded->workload.trace};
    runs = run_experiment(loaded->workload, options.policies, experiment, std::ref(line));
  }
  const auto comparisons = compare_with_first(runs);
  if (!options.is_quiet()) fmt::print("{}\n", table_text(runs, comparisons));
  for (const std::string& schedule : schedules) all.schedules += schedule;
  all.pictures.push_back(std::move(picture));
  all.runs.insert(all.runs.end(), runs.begin(), runs.end());
  all.comparisons.insert(all.comparisons.end(), comparisons.begin(), comparisons.end());
  return {};
}

/// make: called only if the file is asked for.
template <class Make>
Result<void> write_file(const OutputFile& file, Make&& make) {
  if (!file) return {};
  if (*file != "-") return replace_file(*file, make(), 0644);
  fmt::print("{}", make());
  return {};
}

Result<void> write_results(const ReplayOptions& options, const Results& all) {
  return write_file(options.json, [&] { return json_text(all.runs, all.comparisons); })
      .and_then([&] { return write_file(options.csv, [&] { return csv_text(all.runs); }); })
      .and_then([&] {
        return write_file(options.html, [&] { return html_text(all.pictures, all.runs, all.comparisons); });
      })
      .and_then([&] {
        return write_file(options.schedule,
                          [&] { return std::string(schedule_csv_header()) + all.schedules; });
      });
}

}  // namespace

int run_replay(const Args& args) {
  const auto options = parse_replay_options(args);
  if (!options) return options.error();
  Results all;
  for (const std::string& path : options->traces)
    if (const auto done = replay_trace(path, *options, all); !done)
      return report_failure(kReplayProgram, done.error());
  const auto written = write_results(*options, all);
  return written ? kDone : report_failure(kReplayProgram, written.error());
}

}  // namespace foreshape
