// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/train/train_progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include "predictor/base/clock.h"
#include "predictor/base/text.h"
#include "tools/cli/progress.h"

namespace foreshape {
namespace {

std::string duration(double seconds) {
  const auto s = static_cast<std::uint64_t>(seconds);
  return s >= 3600 ? fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
                   : fmt::format("{}:{:02}", s / 60, s % 60);
}

double seconds_between(std::int64_t from_ns, std::int64_t to_ns) {
  return static_cast<double>(to_ns - from_ns) / 1e9;
}

}  // namespace

TrainProgress::TrainProgress(bool talks)
    : talks_(talks), terminal_(::isatty(STDERR_FILENO) == 1), began_ns_(SystemClock{}.monotonic_ns()) {}

bool TrainProgress::due() {
  if (!talks_) return false;
  const std::int64_t now_ns = SystemClock{}.monotonic_ns();
  if (now_ns < next_ns_) return false;
  next_ns_ = now_ns + (terminal_ ? 200'000'000 : 10'000'000'000);
  return true;
}

/// passing: the next line takes its place, on a terminal.
void TrainProgress::line(const std::string& text, bool passing) {
  if (!talks_) return;
  if (passing_) fmt::print(stderr, "\r\x1B[K");
  passing_ = passing && terminal_;
  fmt::print(stderr, "{}{}", text, passing_ ? "" : "\n");
  std::fflush(stderr);
}

void TrainProgress::say(const std::string& sentence) {
  line("foreshape-train: " + harmless(sentence), false);
}

void TrainProgress::reading(std::uint64_t jobs, std::uint64_t of) {
  if (terminal_ && due()) line(fmt::format("{} of {} jobs read", with_commas(jobs), with_commas(of)), true);
}

void TrainProgress::has_read(std::uint64_t jobs, std::uint64_t samples, std::uint64_t validation) {
  say(fmt::format("{} jobs: {} to train on, {} to validate on, {:.1f} s", with_commas(jobs),
                  with_commas(samples), with_commas(validation),
                  seconds_between(began_ns_, SystemClock{}.monotonic_ns())));
}

void TrainProgress::begins(const FitSettings& settings, std::size_t weights, std::size_t ranks,
                           std::uint64_t step) {
  say(fmt::format("{} weights, batches of {}, at most {} steps, {} {}", with_commas(weights), settings.batch,
                  with_commas(settings.steps), ranks, ranks == 1 ? "rank" : "ranks"));
  began_ns_ = SystemClock{}.monotonic_ns();
  first_step_ = step;
}

void TrainProgress::step(const FitProgress& progress, std::size_t batch) {
  const bool last = progress.step == progress.steps;
  if (!due() && !(last && talks_)) return;
  const double seconds = seconds_between(began_ns_, SystemClock{}.monotonic_ns()) + 1e-9;
  const double rate = static_cast<double>(progress.step - first_step_) / seconds;
  line(fmt::format("step {} of {}: loss {:.4f}, validation {:.4f} (best {:.4f}), {} samples/s, {} left",
                   with_commas(progress.step), with_commas(progress.steps), progress.loss, progress.judged,
                   progress.best, with_commas(static_cast<std::uint64_t>(rate * static_cast<double>(batch))),
                   duration(static_cast<double>(progress.steps - progress.step) / (rate + 1e-9))),
       true);
}

void TrainProgress::wrote(const std::string& path, const WindowScores& scores) {
  if (!talks_) return;
  line("", true);
  fmt::print("{}: run time of {} newer jobs\n", harmless(path), with_commas(scores.jobs));
  fmt::print("  {:<10} {:>9} {:>8} {:>8} {:>8}\n", "predictor", "accuracy", "pin.5", "pin.9", "pin.95");
  for (const ModelMetric& m : metrics_of(scores, 0)) {
    if (m.name == "run_time.accuracy") fmt::print("  {:<10} {:>9.4f}", m.predictor, m.value);
    if (m.name.starts_with("run_time.pinball")) fmt::print(" {:>8.3f}", m.value);
    if (m.name == "run_time.pinball95") fmt::print("\n");
  }
  std::fflush(stdout);
}

}  // namespace foreshape
