// SPDX-License-Identifier: GPL-2.0-or-later
// What Memory=enforce would have saved and cost on traces with measured memory, in the order of time, at four values of
// MemoryMargin.
//
//   memory_lever TRACE...
//
// Every job of the trace counts as one that may be shaped. One that needed more than it would have had runs twice: its
// first run is charged in full as well, though it would have been killed before its end. Jobs without a request or a
// measurement are left out.

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <string>

#include "predictor/plan/memory_shape.h"
#include "predictor/planned_job.h"
#include "trainer/time_ordered.h"

namespace foreshape::bench {
namespace {

constexpr double kMiB = 1 << 20;
constexpr std::array<float, 4> kMargins = {.95F, .97F, .98F, .99F};

/// MiB-hours; with shaping those of second runs as well.
struct Report {
  std::size_t jobs = 0, shaped = 0, too_small = 0;
  double requested = 0, with_shaping = 0, used = 0;

  void add(const TracedJob& job, const Prediction& prediction, float margin) {
    const auto peak = job.usage.peak_memory_bytes, request = job.request.memory_per_node_bytes;
    if (!peak || !request || *peak <= 0 || *request <= 0 || job.usage.run_s <= 0) return;
    const double hours = static_cast<double>(job.usage.run_s) / 3'600;
    const double request_mib = static_cast<double>(*request) / kMiB;
    const double used_mib = std::min(static_cast<double>(*peak) / kMiB, request_mib);
    const auto planned_mib = shaped_memory_mib(job.request, prediction, margin);
    ++jobs;
    requested += request_mib * hours;
    used += used_mib * hours;
    with_shaping += static_cast<double>(planned_mib.value_or(0)) * hours;
    if (planned_mib) ++shaped;
    const bool is_killed = planned_mib && static_cast<double>(*planned_mib) < used_mib;
    if (is_killed) ++too_small;
    if (is_killed || !planned_mib) with_shaping += request_mib * hours;
  }
};

std::string percent(double part, double whole) {
  return whole > 0 ? fmt::format("{:.2f}", 100 * part / whole) : "-";
}

void print(const std::string& path, float margin, const Report& sums) {
  const auto n = static_cast<double>(sums.jobs), shaped = static_cast<double>(sums.shaped);
  fmt::print("{}\t{}\t{}\t{}\t{}\t{:.0f}\t{:.0f}\t{:.0f}\t{}\n", path.substr(path.rfind('/') + 1), margin,
             sums.jobs, percent(shaped, n), percent(static_cast<double>(sums.too_small), shaped),
             sums.requested / 1'024, sums.with_shaping / 1'024, sums.used / 1'024,
             percent(sums.requested - sums.with_shaping, sums.requested - sums.used));
}

int report(const std::string& path) {
  BadRows bad;
  const auto jobs = load_trace(path, bad);
  if (!jobs) {
    fmt::print(stderr, "memory_lever: error: {}\n", jobs.error().message);
    return 1;
  }
  std::array<Report, kMargins.size()> reports;
  const Policy policy;
  visit_in_time(*jobs, [&](const TracedJob& job, const ProfileStore& store) {
    const Prediction prediction = predict_and_plan(job.request, store, policy, 0).prediction;
    for (std::size_t i = 0; i < kMargins.size(); ++i) reports[i].add(job, prediction, kMargins[i]);
  });
  for (std::size_t i = 0; i < kMargins.size(); ++i) print(path, kMargins[i], reports[i]);
  return 0;
}

}  // namespace
}  // namespace foreshape::bench

int main(int argc, char** argv) {
  fmt::print(
      "trace\tmargin\tjobs\tshaped %\tkilled % of shaped\tGiB-h requested\twith shaping\tused\twaste saved "
      "%\n");
  int worst = argc > 1 ? 0 : 2;
  for (int i = 1; i < argc; ++i) worst = std::max(worst, foreshape::bench::report(argv[i]));
  return worst;
}
