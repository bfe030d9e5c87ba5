// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/replay/replay_results.h"

#include <cstdio>
#include <fmt/format.h>
#include <functional>
#include <unistd.h>

#include "predictor/base/clock.h"
#include "predictor/base/file.h"
#include "replay/page.h"
#include "replay/report.h"
#include "replay/schedule_csv.h"
#include "tools/cli/slurm_text.h"

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

PageFront with_origin(PageFront front, const ReplayOptions& options) {
  front.version = version_text();
  front.made_at = timestamp_text(SystemClock{}.now_s());
  front.command = options.command;
  return front;
}

/// make: called only if the file is requested.
template <class Make>
Result<void> write_file(const OutputFile& file, Make&& make) {
  if (!file) return {};
  if (*file != "-") return replace_file(*file, make(), 0644);
  fmt::print("{}", make());
  return {};
}

}  // namespace

std::vector<ReplayRun> replay_workload(const Workload& load, const std::vector<SchedulingPolicy>& policies,
                                       const ReplayOptions& options, ReplayResults& all) {
  ExperimentOptions experiment = options.experiment;
  TracePicture picture = frame_of(load);
  picture.seeds = experiment.jitter_s > 0 ? std::max(1U, experiment.runs) : 1;
  picture.runs.resize(policies.size());
  std::vector<std::string> schedules(picture.seeds * policies.size());
  experiment.observe = [&](std::size_t run, const Workload& jobs, const SchedulingPolicy& policy,
                           const Schedule& schedule) {
    if (options.schedule)
      schedules[run] = schedule_csv(jobs, policy, experiment.seed + run / policies.size(), schedule);
    if (!options.html || run >= policies.size()) return;
    picture.runs[run] = picture_of(jobs, schedule);
    picture.runs[run].policy = policy.name;
    picture.runs[run].predictor = source_name(policy.source);
  };
  std::vector<ReplayRun> runs;
  {
    ProgressLine line{load.trace};
    runs = run_experiment(load, policies, experiment, std::ref(line));
  }
  const auto comparisons = compare_with_first(runs);
  for (const std::string& schedule : schedules) all.schedules += schedule;
  all.pictures.push_back(std::move(picture));
  all.runs.insert(all.runs.end(), runs.begin(), runs.end());
  all.comparisons.insert(all.comparisons.end(), comparisons.begin(), comparisons.end());
  return runs;
}

Result<void> write_results(const ReplayOptions& options, const ReplayResults& all,
                           const std::function<std::string()>& json,
                           const std::function<PageFront()>& front) {
  return write_file(options.json, json)
      .and_then([&] { return write_file(options.csv, [&] { return csv_text(all.runs); }); })
      .and_then([&] {
        return write_file(options.html, [&] {
          return html_text(with_origin(front(), options), all.pictures, all.runs, all.comparisons);
        });
      })
      .and_then([&] {
        return write_file(options.schedule,
                          [&] { return std::string(schedule_csv_header()) + all.schedules; });
      });
}

}  // namespace foreshape
