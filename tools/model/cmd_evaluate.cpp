// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

#include "predictor/base/clock.h"
#include "predictor/base/names.h"
#include "predictor/base/text.h"
#include "predictor/model/model_file.h"
#include "tools/cli/commands.h"
#include "tools/cli/lists.h"
#include "tools/cli/options.h"
#include "tools/cli/time_options.h"
#include "tools/model/evaluation_json.h"
#include "tools/model/margin_report.h"
#include "tools/model/trace_results.h"
#include "trainer/evaluation.h"
#include "trainer/time_ordered.h"

namespace foreshape {
namespace {

constexpr const char* kProgram = "foreshape evaluate";

CommandLine command_line() {
  CommandLine line{
      kProgram, "[OPTIONS] TRACE...",
      "Shows how well predictors would have done on traces (Standard Workload Format or another kind of job "
      "file): at\n"
      "each submission they know only what had ended before, and the model is trained on nothing else."};
  line.operands_max = 1000;
  const OptionRow rows[] = {
      {"predictor,p", text_value("LIST", "requested,last2,kernel,model"),
       "predictors to compare: requested, last2, kernel, network (the trained one alone), "
       "model (network and kernel mixed, as they serve)"},
      {"margins", flag(),
       "also try margins that aim to be too small for 5 and 10 % of the run times and 1 % of the memory"},
      {"strict", flag(), "stop at the first bad line or field of a trace"},
      {"json", text_value("FILE"), "write the results as JSON (- = stdout, no table)"},
      {"model", text_value("FILE"),
       "write the model as it is trained at the end of the one trace (foreshape model promote)"},
      {"refit-every", text_value("N|Nd", "500"), "submissions between two trainings, at most; or days (7d)"},
      {"steps", number_value<std::uint32_t>("N", 64), "steps of each training"},
      {"rate", number_value<float>("RATE", 1e-3F), "learning rate at its highest"},
      {"hidden", number_value<std::uint32_t>("N", 64), "width of the job's layers"},
      {"pair-hidden", number_value<std::uint32_t>("N", 32), "width of the candidates' layers"},
      {"ablate", text_value("WHAT", "nothing"),
       "take something away from the network: attention, kernel (its features); for experiments"},
      {"seed", number_value<std::uint64_t>("N", 1), "of the first weights and of the samples' order"},
  };
  add_options(line.options, rows);
  add_time_options(
      line.options,
      "judge only jobs submitted from then on (2021-06-01, uts1622505600); all before teach as well",
      "leave out jobs submitted at or after this time");
  return line;
}

Result<std::vector<Evaluated>> predictors_of(const ParsedOptions& parsed) {
  std::vector<Evaluated> predictors;
  for (const std::string& word : split_list(parsed.text("predictor"))) {
    std::size_t i = 0;
    while (i < kEvaluated && word != name_of(static_cast<Evaluated>(i))) ++i;
    if (i == kEvaluated)
      return failure(ErrorCode::invalid_input,
                     fmt::format("no predictor '{}'; there are requested, last2, kernel, network, model",
                                 word.substr(0, 64)));
    predictors.push_back(static_cast<Evaluated>(i));
  }
  if (predictors.empty()) return failure(ErrorCode::invalid_input, "--predictor names none");
  return predictors;
}

/// Submissions, or days with a d behind.
Result<void> set_refits(const std::string& text, EvaluationSettings& settings) {
  const bool days = text.ends_with('d');
  const char* end = text.data() + text.size() - (days ? 1 : 0);
  std::uint32_t n = 0;
  const auto [stopped, error] = std::from_chars(text.data(), end, n);
  if (error != std::errc{} || stopped != end || n < 1 || n > (days ? 3650U : 100'000'000U))
    return failure(ErrorCode::invalid_input, "--refit-every wants a number of submissions, or of days (7d)");
  if (days)
    settings.refit_every_s = std::int64_t{86'400} * n;
  else
    settings.refit_every = n;
  return {};
}

Result<Ablated> ablated_of(const std::string& text) {
  for (std::size_t i = 0; i < kAblated; ++i)
    if (text == name_of(static_cast<Ablated>(i))) return static_cast<Ablated>(i);
  return failure(ErrorCode::invalid_input, "--ablate wants nothing, attention or kernel");
}

Result<EvaluationSettings> settings_of(const ParsedOptions& parsed, std::span<const Evaluated> predictors) {
  const auto number = [&](const char* name) { return parsed.values[name].as<std::uint32_t>(); };
  EvaluationSettings settings;
  if (const auto set = set_refits(parsed.text("refit-every"), settings); !set)
    return tl::make_unexpected(set.error());
  const auto ablated = ablated_of(parsed.text("ablate"));
  if (!ablated) return tl::make_unexpected(ablated.error());
  settings.ablated = *ablated;
  settings.training.steps = number("steps");
  settings.training.adam.rate = parsed.values["rate"].as<float>();
  settings.training.sizes.hidden = number("hidden");
  settings.training.sizes.pair_hidden = number("pair-hidden");
  settings.training.seed = parsed.values["seed"].as<std::uint64_t>();
  settings.with_network = std::ranges::any_of(
      predictors, [](Evaluated p) { return p == Evaluated::network || p == Evaluated::model; });
  const auto within = [](std::size_t n, std::size_t most) { return n >= 1 && n <= most; };
  if (!within(settings.training.steps, 1'000'000) || !within(settings.training.sizes.hidden, 4096) ||
      !within(settings.training.sizes.pair_hidden, 4096) ||
      !(settings.training.adam.rate > 0 && settings.training.adam.rate < 1))
    return failure(ErrorCode::invalid_input, "an option's number is out of range");
  settings.keep_model = parsed.has("model");
  settings.with_margins = parsed.has("margins");
  return settings;
}

Result<void> keep_model(Evaluation& evaluation, const std::string& trace, const std::string& path) {
  if (!evaluation.model)
    return failure(ErrorCode::invalid_input, path + ": not written, the trace has too few jobs to train on");
  ModelCard& card = evaluation.model->card;
  card.made_s = SystemClock{}.now_s();
  card.revision = revision();
  card.input = trace.substr(0, ModelBounds::kTextBytes);
  return write_model(path, *evaluation.model);
}

constexpr std::size_t kMedian = 4, kQ90 = 7, kQ95 = 8;  // in kQuantileLevels

void print_row(std::string_view predictor, const Score& score) {
  fmt::print("  {:<10} {:>8} {:>9.4f} {:>8.3f} {:>8.3f} {:>8.3f} {:>9.3f} {:>9.3f}\n", predictor,
             score.jobs(), score.accuracy(), score.pinball_loss(kMedian), score.pinball_loss(kQ90),
             score.pinball_loss(kQ95), 1 - score.coverage(kMedian), 1 - score.coverage(kQ95));
}

/// scores: by predictor and resource.
template <class ScoresOf>
void print_used(const ScoresOf& scores, std::string_view title, Resource resource,
                std::span<const Evaluated> predictors) {
  const auto of = [&](Evaluated p) -> const Score& {
    return scores[static_cast<std::size_t>(p)][static_cast<std::size_t>(resource)];
  };
  if (of(Evaluated::kernel).jobs() == 0) return;
  fmt::print("  {}:\n", title);
  for (const Evaluated p : predictors)
    if (of(p).jobs() > 0) print_row(name_of(p), of(p));
}

void print_all_used(const Evaluation& evaluation, std::span<const Evaluated> predictors) {
  for (std::size_t r = 1; r < kResources; ++r) {
    const auto resource = static_cast<Resource>(r);
    const std::string_view name = kResourceNames.of(resource);
    print_used(evaluation.used, name, resource, predictors);
    print_used(evaluation.unprecedented_used, fmt::format("{}, unprecedented", name), resource, predictors);
  }
}

/// Users for whom more jobs than chance allows ran longer than the quantile said.
void print_margins(const Evaluation& evaluation, std::span<const Evaluated> predictors) {
  fmt::print("  {:<10} {:>21} {:>21} {:>21} {:>21}\n", "too small", "users at .9", ".9 below the limit",
             "users at .95", ".95 below the limit");
  for (const Evaluated p : predictors) {
    if (!has_quantiles(p)) continue;
    const MarginCounts& counts = evaluation.margins[static_cast<std::size_t>(p)];
    const auto of = [](const UsersTooSmall& users) {
      return fmt::format("{} of {}", users.too_small, users.users);
    };
    fmt::print("  {:<10} {:>21} {:>21} {:>21} {:>21}\n", name_of(p), of(counts.all[0]),
               of(counts.below_limit[0]), of(counts.all[1]), of(counts.below_limit[1]));
  }
}

void print_users(const Evaluation& evaluation, std::span<const Evaluated> predictors) {
  if (std::ranges::any_of(predictors, has_quantiles)) print_margins(evaluation, predictors);
  if (std::ranges::find(predictors, Evaluated::model) == predictors.end()) return;
  if (evaluation.refits == 0)
    fmt::print(
        "  no model: the trace has too few jobs for a training, or --refit-every is too long for it\n");
  else
    fmt::print("  {} of {} users with {} jobs worse off than with the kernel\n", evaluation.users_worse,
               evaluation.users, kJobsToTell);
}

void print_table(const std::string& trace, const Evaluation& evaluation,
                 std::span<const Evaluated> predictors) {
  const std::string judged =
      evaluation.judged < evaluation.jobs ? fmt::format(", {} judged (--starttime)", evaluation.judged) : "";
  fmt::print("{}: {} jobs{}, {} trainings ({:.0f} s of processor time), {:.1f} us a forecast\n",
             harmless(trace), evaluation.jobs, judged, evaluation.refits, evaluation.train_s,
             1e6 * evaluation.predict_s / static_cast<double>(std::max<std::size_t>(evaluation.jobs, 1)));
  fmt::print("  {:<10} {:>8} {:>9} {:>8} {:>8} {:>8} {:>9} {:>9}\n", "predictor", "jobs", "accuracy", "pin.5",
             "pin.9", "pin.95", "above.5", "above.95");
  for (const Evaluated p : predictors)
    if (evaluation.of(p).jobs() > 0) print_row(name_of(p), evaluation.of(p));
  for (std::size_t g = 1; g < kJobGroups; ++g) {
    if (evaluation.of(predictors.back(), static_cast<JobGroup>(g)).jobs() == 0) continue;
    fmt::print("  {}:\n", name_of(static_cast<JobGroup>(g)));
    for (const Evaluated p : predictors)
      if (const Score& score = evaluation.of(p, static_cast<JobGroup>(g)); score.jobs() > 0)
        print_row(name_of(p), score);
  }
  print_all_used(evaluation, predictors);
  print_users(evaluation, predictors);
  fmt::print("{}", margin_table(evaluation.margin_results));
  std::fflush(stdout);
}

}  // namespace

int run_evaluate(const Args& args) {
  const ParsedOptions parsed = parse_options(command_line(), args);
  if (parsed.finished) return *parsed.finished;
  if (parsed.operands.empty()) return report_usage(kProgram, "name a trace");
  const auto predictors = predictors_of(parsed);
  if (!predictors) return report_usage(kProgram, predictors.error().message);
  auto settings = settings_of(parsed, *predictors);
  if (!settings) return report_usage(kProgram, settings.error().message);
  const auto span = time_span(parsed, SystemClock{}.now_s());
  if (!span) return report_usage(kProgram, span.error().message);
  if (span->start_s) settings->from_s = *span->start_s;

  const std::string json_path = parsed.text("json"), model_path = parsed.text("model");
  if (!model_path.empty() && (parsed.operands.size() != 1 || !settings->with_network))
    return report_usage(kProgram, "--model wants one trace, and network or model among the predictors");
  nlohmann::json all = nlohmann::json::array();
  for (const std::string& path : parsed.operands) {
    BadRows bad;
    auto jobs = load_trace(path, bad, parsed.has("strict"));
    if (!jobs) return report_failure(kProgram, jobs.error());
    leave_out_from(span->end_s, *jobs);
    fmt::print(stderr, "{}", bad.report(kProgram, path));
    Evaluation evaluation = evaluate(*jobs, *settings, std::make_unique<LoopProducts>());
    if (evaluation.judged == 0)
      return report_failure(
          kProgram, {ErrorCode::invalid_input, path + ": no job was submitted in the time that is judged: "
                                                      "give an earlier --starttime or a later --endtime"});
    const std::string trace = std::filesystem::path(path).filename().string();
    if (!model_path.empty())
      if (const auto written = keep_model(evaluation, trace, model_path); !written)
        return report_failure(kProgram, written.error());
    all.push_back(evaluation_json(trace, evaluation, *predictors));
    if (json_path != "-") print_table(trace, evaluation, *predictors);
  }
  return write_trace_results(kProgram, json_path, all);
}

}  // namespace foreshape
