// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <cinttypes>
#include <csignal>
#include <exception>
#include <fmt/format.h>
#include <optional>

#include "predictor/base/clock.h"
#include "predictor/base/text.h"
#include "predictor/model/model_file.h"
#include "predictor/model/network/dnnl_products.h"
#include "tools/train/fit_stage.h"
#include "trainer/arrival_task.h"
#include "trainer/mpi_comm.h"
#include "trainer/trained_arrivals.h"
#include "trainer/trained_model.h"
#include "trainer/usage_task.h"

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
  bool load();
  void settle_steps();
  HistoryWindows windows() const;
  std::string identity() const;
  std::string arrival_identity() const;
  FitStage stage(const FitSettings& settings, const std::string& ending, std::string identity) const;
  bool load_arrivals();
  std::optional<FitEnd> fit_usage();
  std::optional<FitEnd> fit_arrivals();
  Result<void> add_arrivals(TrainedModel& trained);
  bool write();

  TrainOptions options_;
  Comm& comm_;
  TrainProgress talk_;
  std::optional<DatasetReader> reader_;
  Model champion_;  // with --from
  SampleShards shards_;
  ArrivalShards arrival_shards_;
  FitState usage_, arrivals_;  // as the fits ended
};

bool Training::load() {
  auto reader = DatasetReader::open(options_.dataset);
  if (!all_have(comm_, reader)) return false;
  reader_.emplace(std::move(*reader));
  if (!options_.from.empty()) {
    auto model = read_model(options_.from);
    if (!all_have(comm_, model)) return false;
    champion_ = std::move(*model);
    options_.fit.sizes = champion_.sizes;
  }
  auto shards = collect_samples(*reader_, options_.samples, comm_, told_to_stop,
                                [&](std::uint64_t jobs) { talk_.reading(jobs, reader_->jobs()); });
  if (!all_have(comm_, shards)) return false;
  shards_ = std::move(*shards);
  settle_steps();
  talk_.has_read(reader_->jobs(), shards_.samples, shards_.validation);
  return !options_.arrivals || load_arrivals();
}

HistoryWindows Training::windows() const {
  return split_history(reader_->jobs(), options_.samples.validation, options_.samples.held_back);
}

bool Training::load_arrivals() {
  auto shards = collect_arrivals(*reader_, windows(), options_.arrival_samples, comm_, told_to_stop,
                                 [&](std::uint64_t jobs) { talk_.reading(jobs, reader_->jobs()); });
  if (!all_have(comm_, shards)) return false;
  arrival_shards_ = std::move(*shards);
  const bool enough =
      arrival_shards_.samples >= kMinArrivalSamples && arrival_shards_.validation >= kMinArrivals;
  options_.arrivals = enough;
  talk_.say(fmt::format("next submissions: {} moments to train on, {} to validate on{}",
                        arrival_shards_.samples, arrival_shards_.validation,
                        enough ? "" : ": too few; the model is made without them"));
  FitSettings& fit = options_.arrival_fit;
  const bool warm = champion_.arrivals.has_value();
  if (warm) options_.arrival_hidden = champion_.arrivals->hidden;
  const std::uint64_t round = arrival_shards_.samples / fit.batch + 1;
  fit.steps = options_.steps.value_or(std::max<std::uint64_t>((warm ? 2 : 6) * round, warm ? 400 : 2'000));
  fit.adam.rate = options_.rate.value_or(warm ? 3e-4F : 1e-3F);
  return true;
}

void Training::settle_steps() {
  const bool warm = !options_.from.empty();
  const std::uint64_t round = shards_.samples / options_.fit.batch + 1;
  FitSettings& fit = options_.fit;
  fit.steps = options_.steps.value_or(std::max<std::uint64_t>((warm ? 2 : 8) * round, warm ? 400 : 4'000));
  fit.adam.rate = options_.rate.value_or(warm ? 3e-4F : 1e-3F);
}

/// What must be the same for a checkpoint of the usage network to be gone on from.
std::string Training::identity() const {
  const FitSettings& fit = options_.fit;
  const SampleSettings& samples = options_.samples;
  return fmt::format(
      "data set of {} with {} jobs, features {}, seed {}, samples {}, validation {}, hold-back {}, batch {}, "
      "steps {}, "
      "rate {}, patience {}, validate-every {}, widths {} and {}, from {:016x}",
      reader_->origin().made_s, reader_->jobs(), kFeaturesVersion, fit.seed, samples.bounds.samples,
      samples.validation, samples.held_back, fit.batch, fit.steps, fit.adam.rate, fit.patience,
      fit.validate_every, fit.sizes.hidden, fit.sizes.pair_hidden, champion_.checksum);
}

std::string Training::arrival_identity() const {
  const FitSettings& fit = options_.arrival_fit;
  const ArrivalSampleSettings& samples = options_.arrival_samples;
  return fmt::format(
      "next submissions of {} with {} jobs, features {}, seed {}, jobs {}, moments {}, validation {}, "
      "hold-back {}, batch {}, steps {}, rate {}, patience {}, validate-every {}, width {}, from {:016x}",
      reader_->origin().made_s, reader_->jobs(), kArrivalFeaturesVersion, fit.seed, samples.jobs,
      samples.bounds.samples, options_.samples.validation, options_.samples.held_back, fit.batch, fit.steps,
      fit.adam.rate, fit.patience, fit.validate_every, options_.arrival_hidden, champion_.checksum);
}

/// ending: what is appended to the names of the stage's files.
FitStage Training::stage(const FitSettings& settings, const std::string& ending, std::string identity) const {
  const auto file = [&](const std::string& path) { return path.empty() ? path : path + ending; };
  return {std::move(identity),         file(options_.checkpoint),
          file(options_.curve),        settings,
          options_.checkpoint_every_s, options_.resume};
}

std::optional<FitEnd> Training::fit_usage() {
  UsageTask task{options_.fit, shards_, std::make_unique<DnnlProducts>()};
  Fit fit{options_.fit, task, comm_};
  const auto end =
      run_stage(stage(options_.fit, "", identity()), fit, champion_.weights, comm_, talk_, told_to_stop);
  usage_ = fit.state();
  return end;
}

std::optional<FitEnd> Training::fit_arrivals() {
  const FitSettings& settings = options_.arrival_fit;
  ArrivalTask task{options_.arrival_hidden, settings.batch, arrival_shards_,
                   std::make_unique<DnnlProducts>()};
  Fit fit{settings, task, comm_};
  const auto end = run_stage(stage(settings, ".arrivals", arrival_identity()), fit,
                             champion_.arrivals ? champion_.arrivals->weights : std::vector<float>{}, comm_,
                             talk_, told_to_stop);
  arrivals_ = fit.state();
  return end;
}

/// The trained part, if it is better than the simple forecast on the window that judges.
Result<void> Training::add_arrivals(TrainedModel& trained) {
  ArrivalModel model;
  model.hidden = options_.arrival_hidden;
  model.weights = arrivals_.best;
  auto added = add_trained_arrivals(*reader_, windows(), arrival_shards_, std::move(model), trained.model);
  if (!added) return tl::make_unexpected(added.error());
  const auto metric = [&](std::size_t i) { return metrics_of(added->scores, 0)[i].value; };
  talk_.say(fmt::format("next submissions: {:.3f} nats; simple forecast {:.3f}, decayed gaps {:.3f}",
                        metric(0), metric(1), metric(2)));
  for (const std::string& reason : added->reasons)
    talk_.say("next submissions: left out of the model: " + reason);
  return {};
}

bool Training::write() {
  Result<void> written;
  if (leads()) {
    ModelCard card;
    card.made_s = SystemClock{}.now_s();
    card.seed = options_.fit.seed;
    card.steps = usage_.best_step;
    card.ranks = static_cast<std::uint32_t>(comm_.ranks());
    card.parent = champion_.checksum;
    card.revision = version_text();
    card.input = reader_->origin().source;
    auto trained =
        make_trained_model(*reader_, windows(), shards_, options_.fit.sizes, usage_.best, std::move(card),
                           [&](std::uint64_t jobs) { talk_.reading(jobs, windows().validation_end); });
    if (!trained) written = tl::make_unexpected(trained.error());
    if (written && options_.arrivals) written = add_arrivals(*trained);
    if (written) written = write_model(options_.output, trained->model);
    if (written) talk_.wrote(options_.output, trained->scores);
  }
  return all_have(comm_, written);
}

int Training::run() {
  if (comm_.ranks() > kShards) {
    if (leads())
      report_failure(kTrainProgram,
                     {ErrorCode::invalid_input, fmt::format("at most {} ranks have work", kShards)});
    return kFailed;
  }
  if (!load()) return kFailed;
  if (!all_agree(comm_, !told_to_stop())) return kStopped;
  auto end = fit_usage();
  if (end == FitEnd::done && options_.arrivals) end = fit_arrivals();
  if (!end) return kFailed;
  if (*end == FitEnd::stopped) {
    talk_.say(options_.checkpoint.empty() ? "stopped; without --checkpoint nothing is kept"
                                          : "stopped; continue with --resume");
    return kStopped;
  }
  return write() ? kDone : kFailed;
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
