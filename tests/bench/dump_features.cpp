// SPDX-License-Identifier: GPL-2.0-or-later
// Goes through a trace as `foreshape evaluate` does, and writes for each job what the model knew at its
// submission, what it said, and what came: for peers that are to learn from the same
// (trees_against_model.py); with --untrained in a tenth of the time, without what the model says (NaN): peers
// that take long can begin with it. With --pairs all that the network reads of run times, for a network in
// another language (recurrent_state.py).
//
//   dump_features [--untrained|--pairs] TRACE >FILE
//
// Rows of floats, after a line with their number and the columns' names.

#include <cmath>
#include <cstdio>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <limits>
#include <string_view>

#include "predictor/profile/past_job.h"
#include "trainer/evaluation.h"
#include "trainer/time_ordered.h"

namespace foreshape {
namespace {

float log_of(double x) { return static_cast<float>(std::log(std::max(x, 1e-6))); }

void write(std::span<const float> values) {
  std::fwrite(values.data(), sizeof(float), values.size(), stdout);
}

void name_columns(std::vector<std::string> columns, std::initializer_list<std::pair<char, std::size_t>> more,
                  std::size_t rows) {
  for (const auto& [letter, count] : more)
    for (std::size_t i = 0; i < count; ++i) columns.push_back(fmt::format("{}{}", letter, i));
  fmt::print("{} {}\n", rows, fmt::join(columns, " "));
}

float kernel_of(const ModelInput& input) {
  return 3 * input[JobFeature::kernel_typical] + 7;  // log_time() undone
}

enum class Kind : std::uint8_t { peer, untrained, pairs };

void write_peer_row(const TracedJob& job, const ModelInput& input, const Forecast& said, bool trained) {
  std::array<float, 7> values = {log_of(static_cast<double>(*job.request.limit_s)),
                                 log_of(static_cast<double>(job.usage.run_s)),
                                 kernel_of(input),
                                 log_of(static_cast<double>(said.typical)),
                                 log_of(static_cast<double>(said.quantiles[4])),
                                 log_of(static_cast<double>(said.quantiles[7])),
                                 log_of(static_cast<double>(said.quantiles[8]))};
  if (!trained) std::fill(values.begin() + 3, values.end(), std::numeric_limits<float>::quiet_NaN());
  write(values);
  write(input.job);
}

void write_network_row(const TracedJob& job, const ModelInput& input) {
  const Target target = target_of(past_job(0, job.request, job.usage));
  const std::array<float, 6> values = {log_of(static_cast<double>(job.usage.run_s)),
                                       target.value[0],
                                       static_cast<float>(target.known[0]),
                                       kernel_of(input),
                                       input.bound[0],
                                       static_cast<float>(input.candidates)};
  write(values);
  write(input.job);
  std::array<float, 2 * kPointed> outcomes{};
  for (std::size_t k = 0; k < input.candidates; ++k) {
    outcomes[k] = input.values[k * kResources];
    outcomes[kPointed + k] = input.known[k * kResources];
  }
  write(outcomes);
  write(input.pairs);
}

int dump(const char* path, Kind kind) {
  BadRows bad;
  const auto jobs = load_trace(path, bad);
  if (!jobs) {
    fmt::print(stderr, "dump_features: error: {}\n", jobs.error().message);
    return 1;
  }
  if (std::ranges::any_of(*jobs, [](const TracedJob& job) { return job.request.limit_s.value_or(0) <= 0; })) {
    fmt::print(stderr, "dump_features: error: {}: jobs without a time limit\n", path);
    return 1;
  }
  if (kind == Kind::pairs)
    name_columns({"submit_s", "end_s", "log_run", "target", "target_known", "kernel", "bound", "candidates"},
                 {{'f', kJobFeatures}, {'v', kPointed}, {'k', kPointed}, {'p', kPointed * kPairFeatures}},
                 jobs->size());
  else
    name_columns({"submit_s", "end_s", "log_limit", "log_run", "kernel", "typical", "q50", "q90", "q95"},
                 {{'f', kJobFeatures}}, jobs->size());
  const double first_s = static_cast<double>(jobs->front().request.submit_s);
  EvaluationSettings settings;
  if (kind == Kind::untrained) settings.refit_every_s = std::numeric_limits<std::int32_t>::max();
  evaluate(*jobs, settings, std::make_unique<LoopProducts>(),
           [&](const TracedJob& job, const ModelInput& input, const Forecast& said) {
             const auto since = [&](UnixSeconds s) { return static_cast<double>(s) - first_s; };
             // Seconds as doubles: floats can't tell them apart in a log of years.
             const std::array<double, 2> times = {since(job.request.submit_s), since(job.usage.end_s)};
             std::fwrite(times.data(), sizeof(double), times.size(), stdout);
             if (kind == Kind::pairs)
               write_network_row(job, input);
             else
               write_peer_row(job, input, said, kind == Kind::peer);
           });
  return 0;
}

}  // namespace
}  // namespace foreshape

int main(int argc, char** argv) {
  using foreshape::Kind;
  const std::string_view option = argc == 3 ? argv[1] : "";
  const Kind kind = option == "--pairs"       ? Kind::pairs
                    : option == "--untrained" ? Kind::untrained
                                              : Kind::peer;
  if (argc < 2 || argc > 3 || (argc == 3 && kind == Kind::peer)) {
    fmt::print(stderr, "usage: dump_features [--untrained|--pairs] TRACE >FILE\n");
    return 2;
  }
  return foreshape::dump(argv[argc - 1], kind);
}
