// SPDX-License-Identifier: GPL-2.0-or-later
// What Memory=enforce would have saved and cost on traces with measured memory, in the order of time, at four values of
// MemoryMargin: sized once at its submission, and again just before its start, after the wait that it really had.
//
//   memory_lever TRACE...
//
// Every job of the trace counts as one that may be shaped. One that needed more than it would have had runs twice: its
// first run is charged in full as well, though it would have been killed before its end. Jobs without a request or a
// measurement are left out. Before the start the evidence is what had ended until then; or until a snapshot, of which
// there is one every ten minutes.

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <queue>
#include <string>
#include <vector>

#include "predictor/plan/memory_shape.h"
#include "predictor/planned_job.h"
#include "trainer/time_order.h"
#include "trainer/time_ordered.h"

namespace foreshape::bench {
namespace {

constexpr std::int64_t kMibBytes = 1 << 20;
constexpr std::array<float, 4> kMargins = {.95F, .97F, .98F, .99F};
constexpr UnixSeconds kSnapshotEvery_s = 600;

/// MiB per node at each of kMargins; the request where the job keeps it.
using Figures = std::array<std::int64_t, kMargins.size()>;

std::int64_t requested_mib(const TracedJob& job) {
  return job.request.memory_per_node_bytes.value_or(0) / kMibBytes;
}

/// MiB-hours; with shaping those of second runs as well.
struct Report {
  std::size_t jobs = 0, shaped = 0, too_small = 0;
  double requested = 0, with_shaping = 0, used = 0;

  void add(const TracedJob& job, std::int64_t given_mib) {
    const auto peak = job.usage.peak_memory_bytes;
    const auto request_mib = static_cast<double>(requested_mib(job));
    if (!peak || *peak <= 0 || request_mib <= 0 || job.usage.run_s <= 0) return;
    const double hours = static_cast<double>(job.usage.run_s) / 3'600;
    const double used_mib = std::min(static_cast<double>(*peak) / double{kMibBytes}, request_mib);
    const auto given = static_cast<double>(given_mib);
    ++jobs;
    requested += request_mib * hours;
    used += used_mib * hours;
    with_shaping += given * hours;
    if (given < request_mib) ++shaped;
    if (given >= used_mib) return;
    ++too_small;
    with_shaping += request_mib * hours;
  }
};
using Reports = std::array<Report, kMargins.size()>;

Prediction predicted(const TracedJob& job, const ProfileStore& store) {
  return predict_and_plan(job.request, store, Policy{}, 0).prediction;
}

Figures submitted(const TracedJob& job, const ProfileStore& store) {
  const Prediction prediction = predicted(job, store);
  Figures figures;
  for (std::size_t i = 0; i < kMargins.size(); ++i)
    figures[i] = shaped_memory_mib(job.request, prediction, kMargins[i]).value_or(requested_mib(job));
  return figures;
}

/// The figures that a waiting job with these has once the evidence is that of the store.
Figures resized(const TracedJob& job, const ProfileStore& store, const Figures& had) {
  const Prediction prediction = predicted(job, store);
  Figures now = had;
  for (std::size_t i = 0; i < kMargins.size(); ++i) {
    const auto fitting_mib = fitting_memory_mib(job.request, prediction, kMargins[i]);
    if (fitting_mib && is_worth_resizing(had[i], *fitting_mib, requested_mib(job))) now[i] = *fitting_mib;
  }
  return now;
}

/// A job that waits, by its start.
struct Waiting {
  UnixSeconds start_s = 0;
  std::size_t number = 0;
  Figures figures{};
  bool operator>(const Waiting& other) const { return start_s > other.start_s; }
};

struct Lever {
  Reports at_submission, at_start;
};

/// The last moment at or before this one at which the store is brought up to date.
UnixSeconds known_until(UnixSeconds now_s, UnixSeconds every_s) {
  return every_s > 0 ? now_s / every_s * every_s : now_s;
}

/// jobs: in the order of submission. every_s: between two snapshots; 0: what ends is known at once.
Lever run(const std::vector<TracedJob>& jobs, UnixSeconds every_s) {
  Lever lever;
  TimeOrder order;
  std::priority_queue<Waiting, std::vector<Waiting>, std::greater<>> waiting;
  const auto start_until = [&](UnixSeconds now_s) {
    for (; !waiting.empty() && waiting.top().start_s <= now_s; waiting.pop()) {
      const auto& [start_s, number, figures] = waiting.top();
      order.advance(known_until(start_s, every_s), {});
      const Figures now = resized(jobs[number], order.store(), figures);
      for (std::size_t i = 0; i < now.size(); ++i) lever.at_start[i].add(jobs[number], now[i]);
    }
  };
  for (std::size_t number = 0; number < jobs.size(); ++number) {
    const TracedJob& job = jobs[number];
    start_until(job.request.submit_s);
    order.advance(known_until(job.request.submit_s, every_s), {});
    const Figures figures = submitted(job, order.store());
    for (std::size_t i = 0; i < figures.size(); ++i) lever.at_submission[i].add(job, figures[i]);
    order.submit(job);
    waiting.push({std::max(job.usage.start_s, job.request.submit_s), number, figures});
  }
  start_until(INT64_MAX);
  return lever;
}

std::string percent(double part, double whole) {
  return whole > 0 ? fmt::format("{:.2f}", 100 * part / whole) : "-";
}

void print(const std::string& path, const char* when, const Reports& reports) {
  for (std::size_t i = 0; i < kMargins.size(); ++i) {
    const Report& sums = reports[i];
    const auto n = static_cast<double>(sums.jobs), shaped = static_cast<double>(sums.shaped);
    fmt::print("{}\t{}\t{}\t{}\t{}\t{}\t{:.0f}\t{:.0f}\t{:.0f}\t{}\n", path.substr(path.rfind('/') + 1), when,
               kMargins[i], sums.jobs, percent(shaped, n),
               percent(static_cast<double>(sums.too_small), shaped), sums.requested / 1'024,
               sums.with_shaping / 1'024, sums.used / 1'024,
               percent(sums.requested - sums.with_shaping, sums.requested - sums.used));
  }
}

int report(const std::string& path) {
  BadRows bad;
  const auto jobs = load_trace(path, bad);
  if (!jobs) {
    fmt::print(stderr, "memory_lever: error: {}\n", jobs.error().message);
    return 1;
  }
  const Lever at_once = run(*jobs, 0);
  print(path, "at submission", at_once.at_submission);
  print(path, "before start", at_once.at_start);
  const Lever by_snapshots = run(*jobs, kSnapshotEvery_s);
  print(path, "at submission, by snapshots", by_snapshots.at_submission);
  print(path, "before start, by snapshots", by_snapshots.at_start);
  return 0;
}

}  // namespace
}  // namespace foreshape::bench

int main(int argc, char** argv) {
  fmt::print(
      "trace\tsized\tmargin\tjobs\tshaped %\tkilled % of shaped\tGiB-h requested\twith shaping\tused\twaste "
      "saved %\n");
  int worst = argc > 1 ? 0 : 2;
  for (int i = 1; i < argc; ++i) worst = std::max(worst, foreshape::bench::report(argv[i]));
  return worst;
}
