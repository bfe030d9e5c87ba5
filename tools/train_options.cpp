#include "tools/train_options.h"

#include <fmt/format.h>

#include "predictor/model/model.h"

namespace foreshape {

CommandLine train_command_line() {
  CommandLine line{
      kTrainProgram, "[OPTIONS] --output MODEL DATASET",
      "Trains a model on a data set of `foreshape dataset`. Under mpirun or srun all ranks train together, "
      "one thread each:\n"
      "mpirun -n 4 foreshape-train -o model.fsm jobs.h5"};
  line.operands_max = 1;
  const SampleSettings samples;
  const FitSettings fit;
  line.options.add_options()("output,o", po::value<std::string>()->value_name("MODEL"),
                             "the model file to write")("from", po::value<std::string>()->value_name("MODEL"),
                                                        "begin with this model's weights and sizes")(
      "checkpoint", po::value<std::string>()->value_name("FILE"),
      "keep the state here, to go on after a kill")(
      "checkpoint-every", po::value<double>()->value_name("SECONDS")->default_value(300),
      "how often; 0 = after each step")("resume", "go on from the checkpoint, if it is there")(
      "seed", po::value<std::uint64_t>()->default_value(1), "of the first weights and of every choice")(
      "samples", po::value<std::uint64_t>()->default_value(samples.bounds.samples),
      "jobs to learn from, at most, over all ranks; 8.3 KB each")(
      "validation", po::value<double>()->value_name("SHARE")->default_value(samples.judge),
      "the newest share of the history: judges, and is not learnt from")(
      "hold-back", po::value<double>()->value_name("SHARE")->default_value(samples.held_back),
      "a share that is newer still, and not looked at")(
      "steps", po::value<std::uint64_t>()->value_name("N"),
      "at most (default: eight rounds over the samples, but 4000; two with --from, but 400)")(
      "batch", po::value<std::uint64_t>()->default_value(fit.batch), "jobs of each step, over all ranks")(
      "rate", po::value<float>(), "learning rate at its highest (default: 0.001, 0.0003 with --from)")(
      "patience", po::value<std::uint64_t>()->default_value(fit.patience),
      "end after so many judgements without a better one")(
      "judge-every", po::value<std::uint64_t>()->value_name("STEPS")->default_value(fit.judge_every),
      "how often the validation jobs judge")(
      "hidden", po::value<std::uint32_t>()->default_value(fit.sizes.hidden), "width of the job's layers")(
      "pair-hidden", po::value<std::uint32_t>()->default_value(fit.sizes.pair_hidden),
      "width of the candidates' layers")("curve", po::value<std::string>()->value_name("FILE"),
                                         "write the losses at each judgement as CSV")(
      "arrivals", po::value<std::string>()->value_name("yes|no")->default_value("yes"),
      "train the network of next submissions too, where there are enough");
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
  samples.judge = values["validation"].as<double>();
  samples.held_back = values["hold-back"].as<double>();
  fit.batch = values["batch"].as<std::uint64_t>();
  fit.patience = values["patience"].as<std::uint64_t>();
  fit.judge_every = values["judge-every"].as<std::uint64_t>();
  fit.sizes.hidden = values["hidden"].as<std::uint32_t>();
  fit.sizes.pair_hidden = values["pair-hidden"].as<std::uint32_t>();
  if (parsed.has("steps")) options.steps = values["steps"].as<std::uint64_t>();
  if (parsed.has("rate")) options.rate = values["rate"].as<float>();

  FitSettings& arrival_fit = options.arrival_fit;
  arrival_fit.seed = options.arrival_samples.bounds.seed = fit.seed;
  arrival_fit.patience = fit.patience;
  arrival_fit.batch = 256;
  arrival_fit.judge_every = 100;
  const std::string arrivals = parsed.text("arrivals");
  if (arrivals != "yes" && arrivals != "no") return tl::make_unexpected("--arrivals is to be yes or no");
  options.arrivals = arrivals == "yes";

  const auto within = [](auto n, auto least, auto most) { return n >= least && n <= most; };
  if (!within(samples.bounds.samples, 64U, 1U << 26U))
    return tl::make_unexpected("--samples is to be 64 to 67108864");
  if (!(samples.judge > 0 && samples.held_back >= 0 && samples.judge + samples.held_back < 1))
    return tl::make_unexpected("--validation is to be above 0, and below 1 together with --hold-back");
  if (!within(fit.batch, 1U, 65'536U)) return tl::make_unexpected("--batch is to be 1 to 65536");
  if (!within(fit.sizes.hidden, 1U, ModelBounds::kHidden) ||
      !within(fit.sizes.pair_hidden, 1U, ModelBounds::kPairHidden))
    return tl::make_unexpected(
        fmt::format("--hidden and --pair-hidden are to be 1 to {}", ModelBounds::kHidden));
  if (options.steps && !within(*options.steps, 1U, 100'000'000U))
    return tl::make_unexpected("--steps is to be 1 to 100000000");
  if (options.rate && !(*options.rate > 0 && *options.rate < 1))
    return tl::make_unexpected("--rate is to be between 0 and 1");
  if (fit.patience == 0 || fit.judge_every == 0)
    return tl::make_unexpected("--patience and --judge-every are to be 1 or more");
  if (!(options.checkpoint_every_s >= 0))
    return tl::make_unexpected("--checkpoint-every is to be 0 or more seconds");
  return options;
}

}  // namespace foreshape
