// Goes through a trace as `foreshape evaluate` does, and writes for each job what the model knew at its
// submission, what it said, and what came: for peers that are to learn from the same
// (trees_against_model.py).
//
//   dump_features TRACE >FILE     rows of floats, after a line with their number and the columns' names

#include <cmath>
#include <cstdio>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "trainer/evaluation.h"
#include "trainer/time_ordered.h"

namespace foreshape {
namespace {

int dump(const char* path) {
  const auto jobs = load_trace(path);
  if (!jobs) {
    fmt::print(stderr, "dump_features: error: {}\n", jobs.error().message);
    return 1;
  }
  std::vector<std::string> columns = {"submit_s", "end_s", "log_limit", "log_run", "kernel",
                                      "typical",  "q50",   "q90",       "q95"};
  for (std::size_t i = 0; i < kJobFeatures; ++i) columns.push_back(fmt::format("f{}", i));
  fmt::print("{} {}\n", jobs->size(), fmt::join(columns, " "));
  const double first_s = static_cast<double>(jobs->front().request.submit_s);
  evaluate(*jobs, {}, std::make_unique<LoopProducts>(),
           [&](const TracedJob& job, const ModelInput& input, const Forecast& said) {
             const auto since = [&](UnixSeconds s) { return static_cast<double>(s) - first_s; };
             // Seconds as doubles: floats can't tell them apart in a log of years.
             const std::array<double, 2> times = {since(job.request.submit_s), since(job.usage.end_s)};
             const auto log = [](double x) { return static_cast<float>(std::log(std::max(x, 1e-6))); };
             const std::array<float, 7> values = {
                 log(static_cast<double>(*job.request.limit_s)), log(static_cast<double>(job.usage.run_s)),
                 3 * input[JobFeature::kernel_typical] + 7,  // log_time() undone
                 log(static_cast<double>(said.typical)),         log(static_cast<double>(said.quantiles[4])),
                 log(static_cast<double>(said.quantiles[7])),    log(static_cast<double>(said.quantiles[8]))};
             std::fwrite(times.data(), sizeof(double), times.size(), stdout);
             std::fwrite(values.data(), sizeof(float), values.size(), stdout);
             std::fwrite(input.job.data(), sizeof(float), input.job.size(), stdout);
           });
  return 0;
}

}  // namespace
}  // namespace foreshape

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: dump_features TRACE >FILE\n");
    return 2;
  }
  return foreshape::dump(argv[1]);
}
