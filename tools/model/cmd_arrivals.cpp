// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

#include "predictor/model/model_file.h"
#include "tools/cli/commands.h"
#include "tools/cli/options.h"
#include "tools/cli/slurm_text.h"
#include "tools/cli/time_options.h"
#include "tools/model/arrival_report.h"
#include "tools/model/trace_results.h"
#include "trainer/arrival_evaluation.h"
#include "trainer/time_ordered.h"

namespace foreshape {
namespace {

constexpr const char* kProgram = "foreshape arrivals";

CommandLine command_line() {
  CommandLine line{kProgram, "[OPTIONS] TRACE...",
                   "Replays the submissions of traces (Standard Workload Format or another kind of job file) "
                   "in time order\n"
                   "and scores forecasts of each user's next one: simple ones, and a network that is trained "
                   "meanwhile on\n"
                   "nothing but what had happened, or that of a model, which does not learn."};
  line.operands_max = 1000;
  const OptionRow rows[] = {
      {"strict", flag(), "stop at the first bad line or field of a trace"},
      {"json", text_value("FILE"), "write the results as JSON (- = stdout, no table)"},
      {"model", text_value("FILE"),
       "judge this model's network on what came after the jobs that it was made of"},
      {"refit-every", number_value<std::uint32_t>("N", 250), "submissions between two trainings, at most"},
      {"steps", number_value<std::uint32_t>("N", 64), "steps of each training"},
      {"rate", number_value<float>("RATE", 7e-4F), "learning rate at its highest"},
      {"hidden", number_value<std::uint32_t>("N", 64), "width of the layers"},
      {"seed", number_value<std::uint64_t>("N", 1), "of the first weights and of the samples' order"},
  };
  add_options(line.options, rows);
  add_time_options(line.options, "judge only what was submitted from then on; all before teaches as well",
                   "leave out what was submitted at or after this time");
  return line;
}

/// Of a network that is trained meanwhile.
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

/// An option that was given and is about training, or nullptr.
const char* training_option(const ParsedOptions& parsed) {
  for (const char* name : {"refit-every", "steps", "rate", "hidden", "seed"})
    if (!parsed.values[name].defaulted()) return name;
  return nullptr;
}

/// Errors: those of read_verified_model(); invalid_input - it forecasts no next submissions.
Result<Model> standing_model(const std::string& path) {
  auto model = read_verified_model(path);
  if (model && !model->arrivals)
    return failure(ErrorCode::invalid_input,
                   path + ": the model has no network of next submissions (foreshape-train --arrivals yes)");
  return model;
}

/// Has the model's network judged on what it can't have learned from. Errors: invalid_input - there is none.
Result<void> let_stand(const Model& model, const std::string& path, const std::vector<TracedJob>& jobs,
                       ArrivalSettings& settings) {
  settings.standing = &*model.arrivals;
  settings.validate_from_s = std::max(settings.validate_from_s, model.card.data_to_s + 1);
  if (!jobs.empty() && jobs.back().request.submit_s >= settings.validate_from_s) return {};
  return failure(
      ErrorCode::invalid_input,
      fmt::format("{}: no job after {}, the last one that the model was made of: to be fair it must be "
                  "older than what judges it",
                  path, timestamp_text(model.card.data_to_s)));
}

}  // namespace

int run_arrivals(const Args& args) {
  const ParsedOptions parsed = parse_options(command_line(), args);
  if (parsed.finished) return *parsed.finished;
  if (parsed.operands.empty()) return report_usage(kProgram, "name a trace");
  auto settings = settings_of(parsed);
  if (!settings) return report_usage(kProgram, settings.error().message);
  std::optional<Model> model;
  if (parsed.has("model")) {
    if (const char* option = training_option(parsed))
      return report_usage(kProgram, fmt::format("--{} is about training: not with --model", option));
    auto read = standing_model(parsed.text("model"));
    if (!read) return report_failure(kProgram, read.error());
    model = std::move(*read);
  }
  const auto span = time_span(parsed, SystemClock{}.now_s());
  if (!span) return report_usage(kProgram, span.error().message);
  if (span->start_s) settings->validate_from_s = *span->start_s;
  const std::string json_path = parsed.text("json");
  nlohmann::json all = nlohmann::json::array();
  for (const std::string& path : parsed.operands) {
    BadRows bad;
    auto jobs = load_submissions(path, bad, parsed.has("strict"));
    if (!jobs) return report_failure(kProgram, jobs.error());
    leave_out_from(span->end_s, *jobs);
    fmt::print(stderr, "{}", bad.report(kProgram, path));
    if (model)
      if (auto fair = let_stand(*model, path, *jobs, *settings); !fair)
        return report_failure(kProgram, fair.error());
    const ArrivalEvaluation evaluation =
        evaluate_arrivals(*jobs, *settings, std::make_unique<LoopProducts>());
    const std::string trace = std::filesystem::path(path).filename().string();
    all.push_back(json_of(trace, evaluation));
    if (json_path != "-") print_arrivals(trace, evaluation);
  }
  return write_trace_results(kProgram, json_path, all);
}

}  // namespace foreshape
