// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/train/train_options.h"

#include <fmt/format.h>

#include "predictor/model/model.h"

namespace foreshape {

namespace {

void add_file_options(po::options_description& options) {
  const OptionRow rows[] = {
      {"output,o", text_value("MODEL"), "the model file to write"},
      {"from", text_value("MODEL"), "begin with this model's weights and sizes"},
      {"checkpoint", text_value("FILE"), "keep the state here, to go on after a kill"},
      {"checkpoint-every", number_value<double>("SECONDS", 300), "how often; 0 = after each step"},
      {"resume", flag(), "go on from the checkpoint, if it is there"},
  };
  add_options(options, rows);
}

void add_sample_options(po::options_description& options) {
  const SampleSettings samples;
  const OptionRow rows[] = {
      {"seed", number_value<std::uint64_t>("N", 1), "of the first weights and of every choice"},
      {"samples", number_value<std::uint64_t>("N", samples.bounds.samples),
       "jobs to learn from, at most, over all ranks; 8.3 KB each"},
      {"validation", number_value<double>("SHARE", samples.validation),
       "the newest share of the history: judges, and is not learnt from"},
      {"hold-back", number_value<double>("SHARE", samples.held_back),
       "a share that is newer still, and not looked at"},
  };
  add_options(options, rows);
}

void add_fit_options(po::options_description& options) {
  const FitSettings fit;
  const OptionRow rows[] = {
      {"steps", number_value<std::uint64_t>("N"),
       "at most (default: eight rounds over the samples, but 4000; two with --from, but 400)"},
      {"batch", number_value<std::uint64_t>("N", fit.batch), "jobs of each step, over all ranks"},
      {"rate", number_value<float>("RATE"),
       "learning rate at its highest (default: 0.001, 0.0003 with --from)"},
      {"patience", number_value<std::uint64_t>("N", fit.patience),
       "end after so many judgements without a better one"},
      {"validate-every", number_value<std::uint64_t>("STEPS", fit.validate_every),
       "how often the validation jobs judge"},
      {"hidden", number_value<std::uint32_t>("N", fit.sizes.hidden), "width of the job's layers"},
      {"pair-hidden", number_value<std::uint32_t>("N", fit.sizes.pair_hidden),
       "width of the candidates' layers"},
      {"curve", text_value("FILE"), "write the losses at each judgement as CSV"},
      {"arrivals", text_value("yes|no", "yes"),
       "train the network of next submissions too, where there are enough"},
  };
  add_options(options, rows);
}

}  // namespace

CommandLine train_command_line() {
  CommandLine line{
      kTrainProgram, "[OPTIONS] --output MODEL DATASET",
      "Trains a model on a data set of `foreshape dataset`. Under mpirun or srun all ranks train together, "
      "one thread each:\n"
      "mpirun -n 4 foreshape-train -o model.fsm jobs.h5"};
  line.operands_max = 1;
  add_file_options(line.options);
  add_sample_options(line.options);
  add_fit_options(line.options);
  return line;
}

tl::expected<TrainOptions, std::string> read_train_options(const ParsedOptions& parsed) {
  const auto& values = parsed.values;
  TrainOptions options;
  options.output = parsed.text("output");
  options.from = parsed.text("from");
  options.checkpoint = parsed.text("checkpoint");
  options.curve = parsed.text("curve");
  options.checkpoint_every_s = values["checkpoint-every"].as<double>();
  options.resume = parsed.has("resume");
  if (parsed.operands.empty()) return tl::make_unexpected("which data set?");
  options.dataset = parsed.operands[0];
  if (options.output.empty()) return tl::make_unexpected("--output MODEL is needed");
  if (options.resume && options.checkpoint.empty())
    return tl::make_unexpected("--resume needs --checkpoint FILE");

  FitSettings& fit = options.fit;
  SampleSettings& samples = options.samples;
  fit.seed = samples.bounds.seed = values["seed"].as<std::uint64_t>();
  samples.bounds.samples = values["samples"].as<std::uint64_t>();
  samples.validation = values["validation"].as<double>();
  samples.held_back = values["hold-back"].as<double>();
  fit.batch = values["batch"].as<std::uint64_t>();
  fit.patience = values["patience"].as<std::uint64_t>();
  fit.validate_every = values["validate-every"].as<std::uint64_t>();
  fit.sizes.hidden = values["hidden"].as<std::uint32_t>();
  fit.sizes.pair_hidden = values["pair-hidden"].as<std::uint32_t>();
  if (parsed.has("steps")) options.steps = values["steps"].as<std::uint64_t>();
  if (parsed.has("rate")) options.rate = values["rate"].as<float>();

  FitSettings& arrival_fit = options.arrival_fit;
  arrival_fit.seed = options.arrival_samples.bounds.seed = fit.seed;
  arrival_fit.patience = fit.patience;
  arrival_fit.batch = 256;
  arrival_fit.validate_every = 100;
  const std::string arrivals = parsed.text("arrivals");
  if (arrivals != "yes" && arrivals != "no") return tl::make_unexpected("--arrivals must be yes or no");
  options.arrivals = arrivals == "yes";

  const auto within = [](auto n, auto least, auto most) { return n >= least && n <= most; };
  if (!within(samples.bounds.samples, 64U, 1U << 26U))
    return tl::make_unexpected("--samples must be 64 to 67108864");
  if (!(samples.validation > 0 && samples.held_back >= 0 && samples.validation + samples.held_back < 1))
    return tl::make_unexpected("--validation must be above 0, and below 1 together with --hold-back");
  if (!within(fit.batch, 1U, 65'536U)) return tl::make_unexpected("--batch must be 1 to 65536");
  if (!within(fit.sizes.hidden, 1U, ModelBounds::kHidden) ||
      !within(fit.sizes.pair_hidden, 1U, ModelBounds::kPairHidden))
    return tl::make_unexpected(
        fmt::format("--hidden and --pair-hidden must be 1 to {}", ModelBounds::kHidden));
  if (options.steps && !within(*options.steps, 1U, 100'000'000U))
    return tl::make_unexpected("--steps must be 1 to 100000000");
  if (options.rate && !(*options.rate > 0 && *options.rate < 1))
    return tl::make_unexpected("--rate must be between 0 and 1");
  if (fit.patience == 0 || fit.validate_every == 0)
    return tl::make_unexpected("--patience and --validate-every must be 1 or more");
  if (!(options.checkpoint_every_s >= 0))
    return tl::make_unexpected("--checkpoint-every must be 0 or more seconds");
  return options;
}

}  // namespace foreshape
