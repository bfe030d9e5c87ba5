#include "tools/train_progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include "predictor/base/clock.h"
#include "predictor/base/text.h"
#include "tools/progress.h"

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

TrainTalk::TrainTalk(bool talks)
    : talks_(talks), terminal_(::isatty(STDERR_FILENO) == 1), began_ns_(SystemClock{}.monotonic_ns()) {}

bool TrainTalk::due() {
  if (!talks_) return false;
  const std::int64_t now_ns = SystemClock{}.monotonic_ns();
  if (now_ns < next_ns_) return false;
  next_ns_ = now_ns + (terminal_ ? 200'000'000 : 10'000'000'000);
  return true;
}

/// passing: the next line takes its place, on a terminal.
void TrainTalk::line(const std::string& text, bool passing) {
  if (!talks_) return;
  if (passing_) fmt::print(stderr, "\r\x1B[K");
  passing_ = passing && terminal_;
  fmt::print(stderr, "{}{}", text, passing_ ? "" : "\n");
  std::fflush(stderr);
}

void TrainTalk::say(const std::string& sentence) { line("foreshape-train: " + harmless(sentence), false); }

void TrainTalk::reading(std::uint64_t jobs, std::uint64_t of) {
  if (terminal_ && due()) line(fmt::format("{} of {} jobs read", with_commas(jobs), with_commas(of)), true);
}

void TrainTalk::has_read(std::uint64_t jobs, std::uint64_t samples, std::uint64_t judges) {
  say(fmt::format("{} jobs: {} to learn from, {} to judge by, {:.1f} s", with_commas(jobs),
                  with_commas(samples), with_commas(judges),
                  seconds_between(began_ns_, SystemClock{}.monotonic_ns())));
}

void TrainTalk::begins(const FitSettings& settings, std::size_t weights, std::size_t ranks,
                       std::uint64_t step) {
  say(fmt::format("{} weights, batches of {}, at most {} steps, {} {}", with_commas(weights), settings.batch,
                  with_commas(settings.steps), ranks, ranks == 1 ? "rank" : "ranks"));
  began_ns_ = SystemClock{}.monotonic_ns();
  first_step_ = step;
}

void TrainTalk::step(const FitProgress& progress, std::size_t batch) {
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

void TrainTalk::wrote(const std::string& path, const WindowScores& scores) {
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
