// SPDX-License-Identifier: GPL-2.0-or-later
// How well run times (and memory, where it was measured) are predicted, on public traces, in the order of
// time.
//
//   run_time_accuracy [TRACE.swf.gz ...]     default: all known ones in $FORESHAPE_TRACES or ../shared/traces
//
// accuracy    mean of min(p, r) / max(p, r) over all jobs; beside it the mean of the users' own means (>= 50
// jobs) too small   share of jobs whose prediction at the margin is below what they used; times over used:
// cpu-weighted pinball     quantile loss in log units at .5, .9, .95

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <string>
#include <unordered_map>

#include "predictor/baseline/simple.h"
#include "predictor/planned_job.h"
#include "trainer/score.h"
#include "trainer/time_ordered.h"

namespace foreshape::bench {
namespace {

constexpr std::array<float, 3> kPinballLevels = {.5F, .9F, .95F};

/// One resource's figures over a trace.
struct Score {
  double likeness_sum = 0, mean_likeness_sum = 0;
  std::array<double, kPinballLevels.size()> pinball_sums{};
  double planned = 0, used = 0;
  std::size_t jobs = 0, too_small = 0;

  void add(const Forecast& forecast, double requested, double seen, float margin, double cpus) {
    ++jobs;
    const bool known = forecast.known();
    likeness_sum += likeness(known ? forecast.typical : requested, seen);
    mean_likeness_sum += likeness(known ? forecast.mean : requested, seen);
    for (std::size_t i = 0; i < kPinballLevels.size(); ++i)
      pinball_sums[i] +=
          pinball(seen, known ? forecast.quantile(kPinballLevels[i]) : requested, kPinballLevels[i]);
    const double plan = known ? forecast.quantile(margin) : requested;
    // Forecasts are floats: a request of many bytes need not survive the rounding.
    if (plan < seen * (1 - 1e-6)) ++too_small;
    planned += plan * cpus;
    used += seen * cpus;
  }

  std::string text() const {
    const auto n = static_cast<double>(jobs);
    return fmt::format(
        "accuracy {:.4f}  (mean {:.3f})  too small {:.3f}  over used {:.2f}  pinball {:.3f}/{:.3f}/{:.3f}",
        likeness_sum / n, mean_likeness_sum / n, static_cast<double>(too_small) / n, planned / used,
        pinball_sums[0] / n, pinball_sums[1] / n, pinball_sums[2] / n);
  }
};

struct PerUser {
  double sum = 0;
  std::size_t jobs = 0;
};

double mean_of_users(const std::unordered_map<UserId, PerUser>& users) {
  constexpr std::size_t kEnoughJobs = 50;
  double sum = 0;
  std::size_t n = 0;
  for (const auto& [uid, user] : users) {
    if (user.jobs < kEnoughJobs) continue;
    sum += user.sum / static_cast<double>(user.jobs);
    ++n;
  }
  return n > 0 ? sum / static_cast<double>(n) : 0;
}

struct Report {
  Score run_time, memory;
  double requested = 0, last_two = 0;
  std::unordered_map<UserId, PerUser> users;

  void add(const TracedJob& job, const ProfileStore& store, const Policy& policy) {
    const PlannedJob planned = predict_and_plan(job.request, store, policy, 0);
    const auto run = static_cast<double>(job.usage.run_s);
    const auto limit_s = static_cast<double>(*job.request.limit_s);
    const Forecast& forecast = planned.prediction.of(Resource::run_time);
    run_time.add(forecast, limit_s, run, policy.run_time_margin, *job.request.cpus);
    requested += likeness(limit_s, run);

    std::array<PastJob, 2> own;
    const std::size_t n = store.newest_jobs(ProfileGroup::user, job.request.uid, own);
    last_two += likeness(static_cast<double>(*last_two_run_s(job.request, std::span{own}.first(n))), run);

    PerUser& user = users[job.request.uid];
    user.sum += likeness(forecast.known() ? forecast.typical : limit_s, run);
    ++user.jobs;

    if (const auto used = job.usage.peak_memory_bytes, bound = job.request.memory_per_node_bytes;
        used && bound && *used > 0 && *bound > 0)
      memory.add(planned.prediction.of(Resource::peak_memory), static_cast<double>(*bound),
                 static_cast<double>(std::min(*used, *bound)), policy.memory_margin, run);
  }
};

void report(const std::string& path) {
  BadRows bad;
  const auto jobs = load_trace(path, bad);
  if (!jobs) {
    fmt::print(stderr, "run_time_accuracy: error: {}\n", jobs.error().message);
    std::exit(1);  // NOLINT(concurrency-mt-unsafe): one thread
  }
  Report sums;
  const Policy policy;
  const auto start = std::chrono::steady_clock::now();
  visit_in_time(*jobs,
                [&](const TracedJob& job, const ProfileStore& store) { sums.add(job, store, policy); });
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  const auto n = static_cast<double>(jobs->size());
  fmt::print("{}: {} jobs in {:.1f} s\n", std::filesystem::path(path).filename().string(), jobs->size(),
             took.count());
  fmt::print("  requested {:.3f}  last two {:.3f}  kernel, mean of users {:.3f}\n", sums.requested / n,
             sums.last_two / n, mean_of_users(sums.users));
  fmt::print("  run time  {}\n", sums.run_time.text());
  if (sums.memory.jobs > 0) fmt::print("  memory    {}  ({} jobs)\n", sums.memory.text(), sums.memory.jobs);
  std::fflush(stdout);
}

std::string trace_directory() {
  const char* directory = std::getenv("FORESHAPE_TRACES");  // NOLINT(concurrency-mt-unsafe): one thread
  return directory != nullptr ? directory : FORESHAPE_SOURCE_DIR "/../shared/traces";
}

}  // namespace
}  // namespace foreshape::bench

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) foreshape::bench::report(argv[i]);
  if (argc > 1) return 0;
  for (const char* name : {"KTH-SP2-1996-2", "CTC-SP2-1996-3.1-cln", "HPC2N-2002-2.2-cln", "RICC-2010-2",
                           "CEA-Curie-2011-derived", "IU-Mason-2017OctNov"})
    foreshape::bench::report(fmt::format("{}/{}.swf.gz", foreshape::bench::trace_directory(), name));
  return 0;
}
