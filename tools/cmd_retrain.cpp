#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sched.h>
#include <sys/file.h>
#include <unistd.h>

#include "predictor/base/text.h"
#include "tools/commands.h"
#include "tools/ingest.h"
#include "tools/options.h"
#include "tools/program_step.h"
#include "tools/promotion_decision.h"
#include "tools/settings_file.h"

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
  line.options.add_options()("cluster,M", po::value<std::string>()->value_name("NAME"),
                             "whose jobs (default: scontrol's ClusterName)")(
      "work", po::value<std::string>()->value_name("DIR"),
      "folder for the data set and the candidate (default: StateDir/training)")(
      "ranks,n", po::value<std::uint32_t>(), "ranks of foreshape-train (default: half of the cores)")(
      "launcher", po::value<std::string>()->value_name("WORDS"),
      "what starts them, with spaces (default: mpirun -n RANKS)")(
      "from,S", po::value<std::string>()->value_name("TIME"), "leave out jobs submitted before")(
      "window", po::value<double>()->value_name("SHARE")->default_value(0.05),
      "the newest share of jobs, which decides")("full", "new weights instead of the champion's")(
      "steps", po::value<std::uint64_t>()->value_name("N"), "steps of the training, at most")(
      "seed", po::value<std::uint64_t>()->default_value(1), "seed of the training")(
      "no-ingest", "the store is up to date")("no-snapshot", "write no snapshot")(
      "dry-run", "train and decide, but put nothing in force");
  add_settings_option(line.options);
  add_database_option(line.options);
  return line;
}

/// Held for as long as the program lives, so that two do not train at once.
Result<int> lock_folder(const std::string& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  const std::string path = folder + "/retrain.lock";
  const int file = ::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return failure(ErrorCode::unavailable, path + ": " + std::strerror(errno));
  if (::flock(file, LOCK_EX | LOCK_NB) == 0) return file;
  ::close(file);
  return failure(ErrorCode::busy, path + ": another `foreshape retrain` is at work");
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
        foreshape_(own_folder() + "/foreshape") {}

  /// Whether a model was promoted.
  Result<bool> run() {
    const auto lock = lock_folder(work_);
    if (!lock) return tl::make_unexpected(lock.error());
    if (!parsed_.has("no-ingest"))
      if (auto done = ingest(); !done) return tl::make_unexpected(done.error());
    if (auto done = data_set(); !done) return tl::make_unexpected(done.error());
    if (auto done = train(); !done) return tl::make_unexpected(done.error());
    auto better = decide();
    if (!better) return better;
    if (*better && !parsed_.has("dry-run"))
      if (auto done = step("promote", {foreshape_, "model", "promote", candidate(), "--conf"}); !done)
        return tl::make_unexpected(done.error());
    if (!parsed_.has("no-snapshot") && !parsed_.has("dry-run"))
      if (auto done =
              step("snapshot", with_store({foreshape_, "snapshot", "--out", settings_.snapshot_file}));
          !done)
        return tl::make_unexpected(done.error());
    return better;
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
    const auto code = run_step(words);
    if (!code) return tl::make_unexpected(about(name, code.error()));
    if (*code != 0)
      return failure(ErrorCode::unavailable, fmt::format("{}: failed with exit code {}", name, *code));
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
    if (parsed_.has("from")) words.insert(words.end(), {"--from", parsed_.text("from")});
    return step("data set", words);
  }

  Result<void> train();
  Result<bool> decide();

  const ParsedOptions& parsed_;
  Settings settings_;
  std::string cluster_, work_, foreshape_;
};

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
  const std::string train = own_folder() + "/foreshape-train";
  words.insert(words.end(), {train, "--output", candidate(), "--hold-back",
                             fmt::format("{}", parsed_.values["window"].as<double>()), "--seed",
                             fmt::format("{}", parsed_.values["seed"].as<std::uint64_t>())});
  if (parsed_.has("steps"))
    words.insert(words.end(), {"--steps", fmt::format("{}", parsed_.values["steps"].as<std::uint64_t>())});
  if (has_champion() && !parsed_.has("full")) words.insert(words.end(), {"--from", settings_.model_file});
  words.push_back(data());
  return step("train", words);
}

/// True where the candidate is to be promoted; says why, or why not.
Result<bool> Retraining::decide() {
  return decide_promotion({.data = data(),
                           .candidate = candidate(),
                           .champion = has_champion() ? settings_.model_file : "",
                           .window = parsed_.values["window"].as<double>()},
                          kProgram);
}

Result<bool> retrain(const ParsedOptions& parsed) {
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
  if (!(window > 0 && window < 0.5)) return report_usage(kProgram, "--window is to be above 0 and below 0.5");
  const auto promoted = retrain(parsed);
  if (!promoted) return report_failure(kProgram, promoted.error());
  const char* verb = parsed.has("dry-run") ? "would be" : "was";
  fmt::print("{}: the new model {} {}\n", kProgram, verb, *promoted ? "promoted" : "not promoted");
  return *promoted ? kDone : kKept;
}

}  // namespace foreshape
