#include <algorithm>
#include <cinttypes>
#include <csignal>
#include <exception>
#include <fmt/format.h>
#include <optional>
#include <unistd.h>

#include "predictor/base/clock.h"
#include "predictor/base/file.h"
#include "predictor/base/text.h"
#include "predictor/model/dnnl_products.h"
#include "predictor/model/model_file.h"
#include "tools/command.h"
#include "tools/progress.h"
#include "tools/train_options.h"
#include "tools/train_progress.h"
#include "trainer/checkpoint.h"
#include "trainer/mpi_comm.h"
#include "trainer/trained_model.h"

// Slurm's time limit, scancel and Control-C end in SIGTERM; mpirun passes SIGUSR1 on without killing anybody.
namespace {
volatile std::sig_atomic_t g_told_to_stop = 0;
extern "C" void tell_to_stop(int /*signal*/) { g_told_to_stop = 1; }
}  // namespace

namespace foreshape {
namespace {

bool told_to_stop() { return g_told_to_stop != 0; }

void catch_signals() {
  struct sigaction action {};
  action.sa_handler = tell_to_stop;
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGTERM, SIGUSR1}) ::sigaction(signal, &action, nullptr);
}

/// One training, on one of the ranks.
class Training {
 public:
  Training(TrainOptions options, Comm& comm)
      : options_(std::move(options)), comm_(comm), talk_(comm.rank() == 0) {}

  /// An exit code; what failed has been said.
  int run();

 private:
  bool leads() const { return comm_.rank() == 0; }
  /// Every rank calls this at the same place: false on all where one has an error, which says it.
  template <class T>
  bool all_have(const Result<T>& result) {
    if (!result) {
      Error error = result.error();
      if (comm_.ranks() > 1) error = about(fmt::format("rank {} of {}", comm_.rank(), comm_.ranks()), error);
      report_failure(kTrainProgram, error);
    }
    return all_agree(comm_, result.has_value());
  }
  bool load();
  void settle_steps();
  std::string identity() const;
  bool begin_or_resume(Fit& fit);
  std::optional<FitEnd> fit(Fit& fit);
  bool write(const FitState& state);

  TrainOptions options_;
  Comm& comm_;
  TrainTalk talk_;
  std::optional<DatasetReader> reader_;
  Model champion_;  // with --from
  SampleLanes lanes_;
};

bool Training::load() {
  auto reader = DatasetReader::open(options_.dataset);
  if (!all_have(reader)) return false;
  reader_.emplace(std::move(*reader));
  if (!options_.from.empty()) {
    auto model = read_model(options_.from);
    if (!all_have(model)) return false;
    champion_ = std::move(*model);
    options_.fit.sizes = champion_.sizes;
  }
  auto lanes = collect_samples(*reader_, options_.samples, comm_, told_to_stop,
                               [&](std::uint64_t jobs) { talk_.reading(jobs, reader_->jobs()); });
  if (!all_have(lanes)) return false;
  lanes_ = std::move(*lanes);
  settle_steps();
  talk_.has_read(reader_->jobs(), lanes_.samples, lanes_.judges);
  return true;
}

void Training::settle_steps() {
  const bool warm = !options_.from.empty();
  const std::uint64_t round = lanes_.samples / options_.fit.batch + 1;
  FitSettings& fit = options_.fit;
  fit.steps = options_.steps.value_or(std::max<std::uint64_t>((warm ? 2 : 8) * round, warm ? 400 : 4'000));
  fit.adam.rate = options_.rate.value_or(warm ? 3e-4F : 1e-3F);
}

/// What must be the same for a checkpoint to be gone on from.
std::string Training::identity() const {
  const FitSettings& fit = options_.fit;
  const SampleSettings& samples = options_.samples;
  return fmt::format(
      "data set of {} with {} jobs, features {}, seed {}, samples {}, validation {}, hold-back {}, batch {}, "
      "steps {}, "
      "rate {}, patience {}, judge-every {}, widths {} and {}, from {:016x}",
      reader_->origin().made_s, reader_->jobs(), kFeaturesVersion, fit.seed, samples.samples, samples.judge,
      samples.held_back, fit.batch, fit.steps, fit.adam.rate, fit.patience, fit.judge_every, fit.sizes.hidden,
      fit.sizes.pair_hidden, champion_.checksum);
}

/// Rank 0 reads the checkpoint and gives it to all: it needs no shared file system.
bool Training::begin_or_resume(Fit& fit) {
  fit.begin(champion_.weights);
  if (!options_.resume) return true;
  Result<std::string> bytes = std::string{};
  if (leads() && ::access(options_.checkpoint.c_str(), F_OK) == 0)
    bytes = read_file(options_.checkpoint, kMaxCheckpointBytes);
  if (!all_have(bytes)) return false;
  std::uint64_t size = bytes->size();
  comm_.broadcast(std::as_writable_bytes(std::span{&size, 1}));
  if (size == 0) {
    talk_.say("no checkpoint yet: from the beginning");
    return true;
  }
  bytes->resize(size);
  comm_.broadcast(std::as_writable_bytes(std::span{bytes->data(), bytes->size()}));
  auto state = parse_checkpoint(*bytes, identity(), fit.state().weights.size());
  if (!state) state = tl::make_unexpected(about(options_.checkpoint, state.error()));
  if (!all_have(state)) return false;
  talk_.say(fmt::format("goes on after step {}", state->step));
  fit.resume(std::move(*state));
  return true;
}

std::optional<FitEnd> Training::fit(Fit& fit) {
  const SystemClock clock;
  const bool saves = !options_.checkpoint.empty();
  std::int64_t saved_ns = clock.monotonic_ns();
  FitWatch watch;
  watch.stop = told_to_stop;
  watch.save_due = [&] {
    return saves && static_cast<double>(clock.monotonic_ns() - saved_ns) >= options_.checkpoint_every_s * 1e9;
  };
  if (saves)
    watch.save = [&](const FitState& state) {
      saved_ns = clock.monotonic_ns();
      return write_checkpoint(options_.checkpoint, identity(), state);
    };
  std::string curve = "step,loss,validation\n";
  watch.progress = [&](const FitProgress& progress) {
    talk_.step(progress, options_.fit.batch);
    if (progress.step % options_.fit.judge_every == 0)
      curve += fmt::format("{},{:.9g},{:.9g}\n", progress.step, progress.loss, progress.judged);
  };
  auto end = fit.run(watch);
  if (leads() && end && !options_.curve.empty())
    if (const auto written = replace_file(options_.curve, curve, 0644); !written)
      end = tl::make_unexpected(written.error());
  if (!all_have(end)) return std::nullopt;
  return *end;
}

bool Training::write(const FitState& state) {
  Result<void> written;
  if (leads()) {
    const HistoryWindows windows =
        split_history(reader_->jobs(), options_.samples.judge, options_.samples.held_back);
    ModelCard card;
    card.made_s = SystemClock{}.now_s();
    card.seed = options_.fit.seed;
    card.steps = state.best_step;
    card.ranks = static_cast<std::uint32_t>(comm_.ranks());
    card.parent = champion_.checksum;
    card.revision = version_text();
    card.input = reader_->origin().source;
    auto trained =
        make_trained_model(*reader_, windows, lanes_, options_.fit.sizes, state.best, std::move(card),
                           [&](std::uint64_t jobs) { talk_.reading(jobs, windows.judge_end); });
    written = trained ? write_model(options_.output, trained->model) : tl::make_unexpected(trained.error());
    if (written) talk_.wrote(options_.output, trained->scores);
  }
  return all_have(written);
}

int Training::run() {
  if (comm_.ranks() > kLanes) {
    if (leads())
      report_failure(kTrainProgram,
                     {ErrorCode::invalid_input, fmt::format("at most {} ranks have work", kLanes)});
    return kFailed;
  }
  if (!load()) return kFailed;
  if (!all_agree(comm_, !told_to_stop())) return kStopped;
  Fit fit{options_.fit, lanes_, comm_, std::make_unique<DnnlProducts>()};
  if (!begin_or_resume(fit)) return kFailed;
  talk_.begins(options_.fit, comm_.ranks(), fit.state().step);
  const auto end = this->fit(fit);
  if (!end) return kFailed;
  if (*end == FitEnd::stopped) {
    talk_.say(options_.checkpoint.empty() ? "stopped; without --checkpoint nothing is kept"
                                          : "stopped; go on with --resume");
    return kStopped;
  }
  return write(fit.state()) ? kDone : kFailed;
}

/// Only asks for help or the version: no ranks are needed.
bool only_asks(const Args& args) {
  return std::ranges::any_of(args, [](const std::string& word) {
    return word == "--help" || word == "-h" || word == "--usage" || word == "--version" || word == "-V";
  });
}

/// nullopt: it is wrong, which was said.
std::optional<TrainOptions> read_command_line(const Args& args) {
  const auto parsed = parse_options(train_command_line(), args);
  if (parsed.finished) return std::nullopt;
  auto options = read_train_options(parsed);
  if (options) return std::move(*options);
  report_usage(kTrainProgram, options.error());
  return std::nullopt;
}

int run_train(const Args& args) {
  if (only_asks(args)) return parse_options(train_command_line(), args).finished.value_or(kUsage);
  catch_signals();
  const auto comm = join_ranks();
  // Rank 0 looks first, so that a wrong command line is told once. The others look too: mpirun may give them
  // another one.
  std::optional<TrainOptions> options;
  if (comm->rank() == 0) options = read_command_line(args);
  if (!all_agree(*comm, comm->rank() != 0 || options)) return kUsage;
  if (comm->rank() != 0) options = read_command_line(args);
  if (!all_agree(*comm, options.has_value())) return kUsage;
  try {
    return Training{std::move(*options), *comm}.run();
  } catch (const std::exception& e) {  // out of memory: the others wait for this rank at the next sum
    report_failure(kTrainProgram, {ErrorCode::internal, fmt::format("rank {}: {}", comm->rank(), e.what())});
    abort_all_ranks(kFailed);
  }
}

}  // namespace
}  // namespace foreshape

int main(int argc, char** argv) { return foreshape::run_train(foreshape::Args(argv + 1, argv + argc)); }
