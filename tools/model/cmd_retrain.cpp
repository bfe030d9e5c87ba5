// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <optional>
#include <sched.h>
#include <unistd.h>

#include "predictor/base/clock.h"
#include "predictor/base/text.h"
#include "tools/cli/child_process.h"
#include "tools/cli/commands.h"
#include "tools/cli/options.h"
#include "tools/cli/time_options.h"
#include "tools/model/directory_lock.h"
#include "tools/model/promotion_decision.h"
#include "tools/site/settings_file.h"
#include "tools/store/ingest.h"
#include "tools/store/young_site.h"
#include "trainer/user_shares.h"

namespace foreshape {
namespace {

constexpr const char* kProgram = "foreshape retrain";
constexpr int kKept = 3;  // the champion stays in force

CommandLine command_line() {
  CommandLine line{kProgram, "[OPTIONS]",
                   "Brings the store up to date, trains a model from the one in force, and promotes it if it "
                   "is not worse than "
                   "that and the\n"
                   "simple predictors on the newest jobs, which it has not seen; then writes the snapshot. "
                   "For cron or a timer.\n"
                   "Exit codes: 0 promoted, 3 kept what was in force, 1 failed."};
  const OptionRow rows[] = {
      {"cluster,M", text_value("NAME"), "whose jobs (default: scontrol's ClusterName)"},
      {"work", text_value("DIR"),
       "directory for the data set and the candidate (default: StateDir/training)"},
      {"ranks,n", number_value<std::uint32_t>("N"), "ranks of foreshape-train (default: half of the cores)"},
      {"launcher", text_value("WORDS"), "what starts them, with spaces (default: mpirun -n RANKS)"},
      {"window", number_value<double>("SHARE", 0.05), "the newest share of jobs, which decides"},
      {"full", flag(), "new weights instead of the champion's"},
      {"steps", number_value<std::uint64_t>("N"), "steps of the training, at most"},
      {"seed", number_value<std::uint64_t>("N", 1), "seed of the training"},
      {"no-ingest", flag(), "the store is up to date"},
      {"no-snapshot", flag(), "write no snapshot"},
      {"dry-run", flag(), "train and decide, but put nothing in force"},
  };
  add_options(line.options, rows);
  add_time_options(line.options, "leave out jobs submitted before", nullptr);
  add_settings_option(line.options);
  add_database_option(line.options);
  return line;
}

std::uint32_t half_of_the_cores() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  if (::sched_getaffinity(0, sizeof cores, &cores) != 0) return 1;
  return static_cast<std::uint32_t>(std::max(1, CPU_COUNT(&cores) / 2));
}

class Retraining {
 public:
  Retraining(const ParsedOptions& parsed, Settings settings, std::string cluster)
      : parsed_(parsed),
        settings_(std::move(settings)),
        cluster_(std::move(cluster)),
        work_(parsed.has("work") ? parsed.text("work") : settings_.state_dir + "/training"),
        foreshape_(own_directory() + "/foreshape") {}

  /// Whether a model was promoted; without a value where none was trained.
  Result<std::optional<bool>> run() {
    const auto lock = lock_directory(work_, "retrain.lock", "`foreshape retrain`");
    if (!lock) return tl::make_unexpected(lock.error());
    if (!parsed_.has("no-ingest"))
      if (auto done = ingest(); !done) return tl::make_unexpected(done.error());
    const auto few = too_few();
    if (!few) return tl::make_unexpected(few.error());
    if (*few) {
      if (**few == 0 && !parsed_.has(kStartOption))
        return std::nullopt;  // nor is there anything for a snapshot
      return snapshot().map([] { return std::optional<bool>{}; });
    }
    if (auto done = data_set(); !done) return tl::make_unexpected(done.error());
    if (auto done = choose_window(); !done) return tl::make_unexpected(done.error());
    if (auto done = train(); !done) return tl::make_unexpected(done.error());
    auto better = decide();
    if (!better) return tl::make_unexpected(better.error());
    if (*better && !parsed_.has("dry-run"))
      if (auto done = step("promote", {foreshape_, "model", "promote", candidate(), "--conf"}); !done)
        return tl::make_unexpected(done.error());
    if (auto done = snapshot(); !done) return tl::make_unexpected(done.error());
    return *better;
  }

 private:
  std::string data() const { return work_ + "/jobs.h5"; }
  std::string candidate() const { return work_ + "/candidate.fsm"; }
  bool has_champion() const { return ::access(settings_.model_file.c_str(), F_OK) == 0; }

  std::vector<std::string> with_store(std::vector<std::string> words) const {
    words.insert(words.end(), {"--cluster", cluster_});
    // In the environment a password is seen by nobody else, on a command line by everybody.
    if (parsed_.has("db"))
      ::setenv("FORESHAPE_DB", parsed_.text("db").c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
    return words;
  }

  /// Runs one step, which tells what it does itself. A last word "--conf" is followed by our own, if any.
  Result<void> step(const char* name, std::vector<std::string> words) {
    if (words.back() == "--conf") {
      words.pop_back();
      if (parsed_.has("conf")) words.insert(words.end(), {"--conf", parsed_.text("conf")});
    }
    fmt::print("{}: {}\n", kProgram, name);
    std::fflush(stdout);
    auto child = ChildProcess::start(words, {.output = ChildOutput::passed_on});
    if (!child) return tl::make_unexpected(about(name, child.error()));
    const auto end = child->finish();
    if (!end) return tl::make_unexpected(about(name, end.error()));
    if (!end->is_success())
      return failure(ErrorCode::unavailable, fmt::format("{}: {}", name, end->text(words[0])));
    return {};
  }

  Result<void> ingest() {
    if (auto done = step("ingest sacct", with_store({foreshape_, "ingest", "sacct"})); !done) return done;
    std::error_code none;
    if (!std::filesystem::is_directory(settings_.journal_dir, none)) return {};
    return step("ingest journal", with_store({foreshape_, "ingest", "journal", settings_.journal_dir}));
  }

  Result<void> data_set() {
    std::vector<std::string> words = with_store({foreshape_, "dataset", "--output", data()});
    if (parsed_.has(kStartOption)) words.insert(words.end(), {"--starttime", parsed_.text(kStartOption)});
    return step("data set", words);
  }

  /// How many jobs the store has, where they are too few to teach a model and decide on it: a young site's
  /// are, which is no failure.
  Result<std::optional<std::uint64_t>> too_few() const {
    UnixSeconds from_s = 0;
    if (parsed_.has(kStartOption)) {
      const auto span = time_span(parsed_, SystemClock{}.now_s());
      if (!span) return tl::make_unexpected(span.error());
      from_s = span->start_s.value_or(0);
    }
    const std::uint64_t needed = jobs_needed(parsed_.values["window"].as<double>());
    const auto jobs = stored_jobs(database(parsed_), cluster_, from_s, needed);
    if (!jobs) return tl::make_unexpected(jobs.error());
    if (*jobs >= needed) return std::nullopt;
    fmt::print(
        "{}: cluster {} has {} ended jobs in the store{}; a model that can be judged on the newest of them "
        "needs {} (--window): nothing is trained\n",
        kProgram, cluster_, *jobs, parsed_.has(kStartOption) ? " since --starttime" : "", needed);
    return *jobs;
  }

  Result<void> snapshot() {
    if (parsed_.has("no-snapshot") || parsed_.has("dry-run")) return {};
    return step("snapshot", with_store({foreshape_, "snapshot", "--out", settings_.snapshot_file}));
  }

  Result<void> choose_window();
  Result<void> train();
  Result<bool> decide();

  const ParsedOptions& parsed_;
  Settings settings_;
  std::string cluster_, work_, foreshape_;
  double window_ = 0;  // the newest share of jobs, which decides
};

/// More than --window where the newest jobs are too much of a few users'.
Result<void> Retraining::choose_window() {
  const auto wanted = parsed_.values["window"].as<double>();
  auto reader = DatasetReader::open(data());
  if (!reader) return tl::make_unexpected(reader.error());
  const auto window = deciding_window(*reader, wanted);
  if (!window) return tl::make_unexpected(window.error());
  window_ = *window;
  if (window_ > wanted)
    fmt::print("{}: too many of the newest {:.3g} % of jobs are of few users; the newest {:.3g} % decide\n",
               kProgram, 100 * wanted, 100 * window_);
  return {};
}

Result<void> Retraining::train() {
  const std::uint32_t ranks =
      parsed_.has("ranks") ? parsed_.values["ranks"].as<std::uint32_t>() : half_of_the_cores();
  std::vector<std::string> words;
  if (parsed_.has("launcher")) {
    std::string word;
    for (const char c : parsed_.text("launcher") + " ") {
      if (c != ' ') word += c;
      if (c == ' ' && !word.empty()) words.push_back(std::exchange(word, {}));
    }
  } else if (ranks > 1) {
    words = {"mpirun", "-n", std::to_string(ranks)};
    // mpirun asks root twice whether it is meant; a service runs as who it runs as.
    if (::geteuid() == 0) words.emplace_back("--allow-run-as-root");
  }
  const std::string train = own_directory() + "/foreshape-train";
  words.insert(words.end(), {train, "--output", candidate(), "--hold-back", fmt::format("{}", window_),
                             "--seed", fmt::format("{}", parsed_.values["seed"].as<std::uint64_t>())});
  if (parsed_.has("steps"))
    words.insert(words.end(), {"--steps", fmt::format("{}", parsed_.values["steps"].as<std::uint64_t>())});
  // With a longer window the champion has learned from jobs that decide: the new model then begins without
  // it.
  const bool is_longer = window_ > parsed_.values["window"].as<double>();
  if (has_champion() && !parsed_.has("full") && !is_longer)
    words.insert(words.end(), {"--from", settings_.model_file});
  words.push_back(data());
  return step("train", words);
}

/// True where the candidate must be promoted; says why, or why not.
Result<bool> Retraining::decide() {
  return decide_promotion({.data = data(),
                           .candidate = candidate(),
                           .champion = has_champion() ? settings_.model_file : "",
                           .window = window_},
                          kProgram);
}

Result<std::optional<bool>> retrain(const ParsedOptions& parsed) {
  auto settings = settings_of(parsed);
  if (!settings) return tl::make_unexpected(settings.error());
  IngestOptions whose;
  whose.cluster = parsed.text("cluster");
  const auto cluster = cluster_name(whose);
  if (!cluster) return tl::make_unexpected(cluster.error());
  return Retraining{parsed, std::move(*settings), *cluster}.run();
}

}  // namespace

int run_retrain(const Args& args) {
  const auto parsed = parse_options(command_line(), args);
  if (parsed.finished) return *parsed.finished;
  const double window = parsed.values["window"].as<double>();
  if (!(window > 0 && window < 0.5)) return report_usage(kProgram, "--window must be above 0 and below 0.5");
  const auto promoted = retrain(parsed);
  if (!promoted) return report_failure(kProgram, promoted.error());
  if (!promoted->has_value()) return kKept;  // it has said why
  const char* verb = parsed.has("dry-run") ? "would be" : "was";
  fmt::print("{}: the new model {} {}\n", kProgram, verb, **promoted ? "promoted" : "not promoted");
  return **promoted ? kDone : kKept;
}

}  // namespace foreshape
