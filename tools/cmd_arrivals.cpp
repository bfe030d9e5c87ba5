#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

#include "tools/arrival_report.h"
#include "tools/commands.h"
#include "tools/options.h"
#include "tools/trace_results.h"
#include "trainer/arrival_evaluation.h"
#include "trainer/time_ordered.h"

namespace foreshape {
namespace {

constexpr const char* kProgram = "foreshape arrivals";

CommandLine command_line() {
  CommandLine line{
      kProgram, "[OPTIONS] TRACE...",
      "Shows how well it would have been foreseen on traces (Standard Workload Format, plain or gzip) when\n"
      "each user submits next, and what: by simple forecasts, and by a network that is trained meanwhile on\n"
      "nothing but what had happened."};
  line.operands_max = 1000;
  line.options.add_options()("json", po::value<std::string>()->value_name("FILE"),
                             "write the results as JSON (- = stdout, no table)")(
      "refit-every", po::value<std::uint32_t>()->default_value(250),
      "submissions between two trainings, at most")("steps", po::value<std::uint32_t>()->default_value(64),
                                                    "steps of each training")(
      "rate", po::value<float>()->default_value(7e-4F), "learning rate at its highest")(
      "hidden", po::value<std::uint32_t>()->default_value(64), "width of the layers")(
      "seed", po::value<std::uint64_t>()->default_value(1), "of the first weights and of the samples' order");
  return line;
}

Result<ArrivalSettings> settings_of(const ParsedOptions& parsed) {
  const auto number = [&](const char* name) { return parsed.values[name].as<std::uint32_t>(); };
  ArrivalSettings settings;
  settings.refit_every = number("refit-every");
  settings.training.steps = number("steps");
  settings.training.hidden = number("hidden");
  settings.training.adam.rate = parsed.values["rate"].as<float>();
  settings.training.seed = parsed.values["seed"].as<std::uint64_t>();
  const auto within = [](std::size_t n, std::size_t most) { return n >= 1 && n <= most; };
  if (!within(settings.refit_every, 100'000'000) || !within(settings.training.steps, 1'000'000) ||
      !within(settings.training.hidden, 4096) ||
      !(settings.training.adam.rate > 0 && settings.training.adam.rate < 1))
    return failure(ErrorCode::invalid_input, "an option's number is out of range");
  return settings;
}

}  // namespace

int run_arrivals(const Args& args) {
  const ParsedOptions parsed = parse_options(command_line(), args);
  if (parsed.finished) return *parsed.finished;
  if (parsed.operands.empty()) return report_usage(kProgram, "name a trace");
  const auto settings = settings_of(parsed);
  if (!settings) return report_usage(kProgram, settings.error().message);
  const std::string json_path = parsed.text("json");
  nlohmann::json all = nlohmann::json::array();
  for (const std::string& path : parsed.operands) {
    const auto jobs = load_trace(path);
    if (!jobs) return report_failure(kProgram, jobs.error());
    const ArrivalEvaluation evaluation =
        evaluate_arrivals(*jobs, *settings, std::make_unique<LoopProducts>());
    const std::string trace = std::filesystem::path(path).filename().string();
    all.push_back(json_of(trace, evaluation));
    if (json_path != "-") print_arrivals(trace, evaluation);
  }
  return write_trace_results(kProgram, json_path, all);
}

}  // namespace foreshape
