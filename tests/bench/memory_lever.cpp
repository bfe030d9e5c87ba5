// SPDX-License-Identifier: GPL-2.0-or-later
// What Memory=enforce would have saved and cost on traces with measured memory, in the order of time, at some values of
// MemoryMargin: sized once at its submission, and again just before its start, after the wait that it really had.
//
//   memory_lever TRACE...
//
// Shape, headroom and safety are those of the plugin. Every job of the trace counts as one that may be shaped. One that
// needed more than it would have had runs twice: its first run is charged in full as well, though it would have been
// killed before its end. Jobs without a request or a measurement are left out. Peaks are known when a job has ended; or
// by a snapshot, of which there is one every ten minutes. Ends and kills are known at the end of the job; a killed
// one stands for all of the request until kMaxAlikeRuns runs of that name are known after it.

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <queue>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "predictor/baseline/alike_peak.h"
#include "predictor/plan/memory_safety.h"
#include "predictor/plan/memory_shape.h"
#include "predictor/planned_job.h"
#include "trainer/time_order.h"
#include "trainer/time_ordered.h"

namespace foreshape::bench {
namespace {

constexpr std::int64_t kMibBytes = 1 << 20;
constexpr std::array<double, 3> kMargins = {.95, .98, .99};
constexpr UnixSeconds kSnapshotEvery_s = 600;
constexpr int kJobsToTell = 100;

std::int64_t requested_mib(const TracedJob& job) {
  return job.request.memory_per_node_bytes.value_or(0) / kMibBytes;
}

/// What it needed of its request; 0: it does not count.
double used_mib(const TracedJob& job) {
  const auto peak = job.usage.peak_memory_bytes;
  const auto request_mib = static_cast<double>(requested_mib(job));
  if (!peak || *peak <= 0 || request_mib <= 0 || job.usage.run_s <= 0) return 0;
  return std::min(static_cast<double>(*peak) / double{kMibBytes}, request_mib);
}

/// MiB-hours; with shaping those of second runs as well.
struct Report {
  struct OfUser {
    int shaped = 0, too_small = 0;
  };
  std::size_t jobs = 0, shaped = 0, too_small = 0;
  double requested = 0, with_shaping = 0, used = 0;
  std::unordered_map<UserId, OfUser> users;

  void add(const TracedJob& job, double given_mib) {
    const double hours = static_cast<double>(job.usage.run_s) / 3'600;
    const auto request_mib = static_cast<double>(requested_mib(job));
    const bool is_shaped = given_mib < request_mib, is_too_small = given_mib < used_mib(job);
    ++jobs;
    requested += request_mib * hours;
    used += used_mib(job) * hours;
    with_shaping += (given_mib + (is_too_small ? request_mib : 0)) * hours;
    shaped += is_shaped ? 1 : 0;
    too_small += is_too_small ? 1 : 0;
    OfUser& user = users[job.request.uid];
    user.shaped += is_shaped ? 1 : 0;
    user.too_small += is_too_small ? 1 : 0;
  }

  /// Users with 100 shaped jobs of whom no more were killed than the target and two standard errors allow, of all such.
  std::string users_within(double target) const {
    int within = 0, all = 0;
    for (const auto& [uid, user] : users) {
      if (user.shaped < kJobsToTell) continue;
      ++all;
      within +=
          user.too_small <= target * user.shaped + 2 * std::sqrt(user.shaped * target * (1 - target)) ? 1 : 0;
    }
    return fmt::format("{} of {}", within, all);
  }
};

/// One value of MemoryMargin over one trace.
class Site {
 public:
  Site(double margin, bool sizes_again) : target_(1 - margin), sizes_again_(sizes_again) {}

  void submitted(TimeOrder::Number number, const TracedJob& job, const Prediction& prediction) {
    const auto shaped = shaped_memory_mib(job.request, prediction, headroom(job));
    const bool is_shaped = shaped && !keeps_request(job) && opens(job, prediction);
    given_[number] = is_shaped ? *shaped : requested_mib(job);
  }
  void starts(TimeOrder::Number number, const TracedJob& job, const Prediction& prediction) {
    std::int64_t& given_mib = given_[number];
    if (sizes_again_) given_mib = sized_again(job, prediction, given_mib);
    if (used_mib(job) > 0) report_.add(job, static_cast<double>(given_mib));
  }
  void ended(TimeOrder::Number number, const TracedJob& job, UnixSeconds end_s) {
    const auto given = given_.extract(number);
    if (given.empty() || given.mapped() >= requested_mib(job)) return;
    --open_[name_of(job)];
    if (used_mib(job) <= 0) return;
    const bool was_killed = static_cast<double>(given.mapped()) < used_mib(job);
    safety_.come_back(end_s);
    safety_.note(job.request.uid, was_killed, target_, end_s);
    if (was_killed) killed_[name_of(job)] = kMaxAlikeRuns;
  }
  void peak_known(const TracedJob& job) {
    const auto found = killed_.find(name_of(job));
    if (found != killed_.end() && --found->second == 0) killed_.erase(found);
  }

  const Report& report() const { return report_; }
  double target() const { return target_; }

 private:
  using Name = std::pair<UserId, TextHash>;

  std::int64_t sized_again(const TracedJob& job, const Prediction& prediction, std::int64_t had_mib) {
    const bool had_less = had_mib < requested_mib(job);
    const auto fitting_mib = keeps_request(job) ? std::optional{requested_mib(job)}
                                                : fitting_memory_mib(job.request, prediction, headroom(job));
    if (!fitting_mib || !is_worth_resizing(had_mib, *fitting_mib, requested_mib(job))) return had_mib;
    if (*fitting_mib == requested_mib(job)) --open_[name_of(job)];
    return had_less || opens(job, prediction) ? *fitting_mib : had_mib;
  }
  /// As OpenShapes.
  bool opens(const TracedJob& job, const Prediction& prediction) {
    std::uint32_t& open = open_[name_of(job)];
    if (open >= open_shapes_max(prediction)) return false;
    ++open;
    return true;
  }
  const ShapedEnds* ends_of(const TracedJob& job) const {
    const auto found = safety_.users().find(job.request.uid);
    return found != safety_.users().end() ? &found->second : nullptr;
  }
  double headroom(const TracedJob& job) const {
    const ShapedEnds* ends = ends_of(job);
    return ends != nullptr ? ends->headroom : kFirstHeadroom;
  }
  static Name name_of(const TracedJob& job) { return {job.request.uid, job.request.name}; }
  bool keeps_request(const TracedJob& job) const {
    const ShapedEnds* ends = ends_of(job);
    return killed_.contains(name_of(job)) || safety_.is_off_for_all() ||
           (ends != nullptr && ends->off_until_s > 0);
  }

  double target_;
  bool sizes_again_;
  MemorySafety safety_;
  Report report_;
  std::unordered_map<TimeOrder::Number, std::int64_t> given_;  ///< MiB, of jobs that have not ended
  std::map<Name, std::uint32_t> open_;                         ///< with less than requested
  std::map<Name, int> killed_;                                 ///< runs of that name until it is shaped again
};

/// When a job starts or ends.
struct Moment {
  UnixSeconds at_s = 0;
  TimeOrder::Number number = 0;
  bool operator>(const Moment& other) const { return at_s > other.at_s; }
};
using Moments = std::priority_queue<Moment, std::vector<Moment>, std::greater<>>;

/// The last moment at or before this one at which the store is brought up to date.
UnixSeconds known_until(UnixSeconds now_s, UnixSeconds every_s) {
  return every_s > 0 ? now_s / every_s * every_s : now_s;
}

/// jobs: in the order of submission. every_s: between two snapshots; 0: what ends is known at once.
void run(const std::vector<TracedJob>& jobs, UnixSeconds every_s, std::vector<Site>& sites) {
  TimeOrder order;
  Moments waiting, running;
  const auto advance = [&](UnixSeconds now_s) {
    for (; !running.empty() && running.top().at_s < now_s; running.pop())
      for (Site& site : sites)
        site.ended(running.top().number, jobs[running.top().number], running.top().at_s);
    order.advance(known_until(now_s, every_s), [&](TimeOrder::Number, const TracedJob& job) {
      for (Site& site : sites) site.peak_known(job);
    });
  };
  const auto predicted = [&](const TracedJob& job) {
    return predict_and_plan(job.request, order.store(), Policy{}, 0).prediction;
  };
  const auto start_until = [&](UnixSeconds now_s) {
    for (; !waiting.empty() && waiting.top().at_s <= now_s; waiting.pop()) {
      const auto [start_s, number] = waiting.top();
      advance(start_s);
      running.push({start_s + jobs[number].usage.run_s, number});
      const Prediction prediction = predicted(jobs[number]);
      for (Site& site : sites) site.starts(number, jobs[number], prediction);
    }
  };
  for (const TracedJob& job : jobs) {
    start_until(job.request.submit_s);
    advance(job.request.submit_s);
    const Prediction prediction = predicted(job);
    for (Site& site : sites) site.submitted(order.submitted(), job, prediction);
    waiting.push({std::max(job.usage.start_s, job.request.submit_s), order.submitted()});
    order.submit(job);
  }
  start_until(INT64_MAX);
}

std::string percent(double part, double whole) {
  return whole > 0 ? fmt::format("{:.2f}", 100 * part / whole) : "-";
}

void print(const std::string& path, const char* when, const Site& site) {
  const Report& sums = site.report();
  const auto n = static_cast<double>(sums.jobs), shaped = static_cast<double>(sums.shaped);
  const auto too_small = static_cast<double>(sums.too_small);
  fmt::print("{}\t{}\t{:.2f}\t{}\t{}\t{}\t{}\t{}\t{:.0f}\t{:.0f}\t{:.0f}\t{}\n",
             path.substr(path.rfind('/') + 1), when, 1 - site.target(), sums.jobs, percent(shaped, n),
             percent(too_small, shaped), percent(too_small, n), sums.users_within(site.target()),
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
  for (const UnixSeconds every_s : {UnixSeconds{0}, kSnapshotEvery_s}) {
    for (const bool sizes_again : {false, true}) {
      std::vector<Site> sites;
      sites.reserve(kMargins.size());
      for (const double margin : kMargins) sites.emplace_back(margin, sizes_again);
      run(*jobs, every_s, sites);
      for (const Site& site : sites)
        print(path,
              fmt::format("{}{}", sizes_again ? "before start" : "at submission",
                          every_s > 0 ? ", by snapshots" : "")
                  .c_str(),
              site);
    }
  }
  return 0;
}

}  // namespace
}  // namespace foreshape::bench

int main(int argc, char** argv) {
  fmt::print(
      "trace\tsized\tmargin\tjobs\tshaped %\tkilled % of shaped\tkilled % of all\tusers within\tGiB-h "
      "requested\twith "
      "shaping\tused\twaste saved %\n");
  int worst = argc > 1 ? 0 : 2;
  for (int i = 1; i < argc; ++i) worst = std::max(worst, foreshape::bench::report(argv[i]));
  return worst;
}
