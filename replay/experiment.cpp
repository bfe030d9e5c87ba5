// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/experiment.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <ctime>
#include <mutex>
#include <thread>

namespace foreshape {
namespace {

/// Processor time of this thread: what a run costs on one core, however busy the machine is.
double thread_seconds() {
  timespec t{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

struct Outcome {
  ReplayRun run;
  std::vector<double> users;  // mean slowdown of each
  std::vector<std::int64_t>
      waits_s;  // of each job; of the first policy's runs, which others are compared with
  HoldOutcome holds;
};

class Experiment {
 public:
  Experiment(const Workload& load, const std::vector<SchedulingPolicy>& policies,
             const ExperimentOptions& options, const ExperimentProgress& progress)
      : load_(load), policies_(policies), options_(options), progress_(progress) {
    seeds_ = options.jitter_s > 0 ? std::max(1U, options.runs) : 1;
    outcomes_.resize(seeds_ * policies.size());
  }

  std::vector<ReplayRun> run() {
    std::vector<std::thread> threads;
    const auto count = std::min<std::size_t>(std::max(1U, options_.threads), outcomes_.size());
    for (std::size_t i = 1; i < count; ++i) threads.emplace_back([this] { work(); });
    work();
    for (std::thread& t : threads) t.join();
    std::vector<ReplayRun> runs;
    for (std::size_t i = 0; i < outcomes_.size(); ++i) {
      const Outcome& first = outcomes_[i - i % policies_.size()];
      Outcome& outcome = outcomes_[i];
      outcome.run.fairness = fairness(first.users, outcome.users);
      outcome.run.before = hold_waits(first.waits_s, outcome.holds);
      runs.push_back(outcome.run);
    }
    return runs;
  }

 private:
  void work() {
    while (true) {
      const std::size_t task = next_++;
      if (task >= outcomes_.size()) return;
      const std::uint64_t seed = options_.seed + task / policies_.size();
      SchedulingPolicy policy = policies_[task % policies_.size()];
      if (policy.trial) policy.trial->consent_seed = seed;
      if (options_.jitter_s > 0)
        outcomes_[task] = one(task, jittered(load_, options_.jitter_s, seed), policy, seed);
      else
        outcomes_[task] = one(task, load_, policy, options_.seed);
    }
  }

  Outcome one(std::size_t task, const Workload& load, const SchedulingPolicy& policy, std::uint64_t seed) {
    const double begin = thread_seconds();
    std::uint64_t reported = 0;
    const Schedule schedule = simulate(load, policy, [&](std::uint64_t started) {
      report(started - reported);
      reported = started;
    });
    report(load.jobs.size() - reported);
    Outcome o;
    o.run.seconds = thread_seconds() - begin;
    o.run.trace = load.trace;
    o.run.policy = policy.name;
    o.run.predictor = source_name(policy.source);
    o.run.seed = seed;
    o.run.jitter_s = options_.jitter_s;
    o.run.metrics = metrics_of(load, schedule);
    o.run.events = schedule.events;
    o.users = slowdown_of_users(load, schedule);
    if (task % policies_.size() == 0) o.waits_s = waits_of(load, schedule);
    o.holds = schedule.holds;
    if (options_.observe) {
      const std::lock_guard lock{observe_mutex_};
      options_.observe(task, load, policy, schedule);
    }
    return o;
  }

  void report(std::uint64_t more) {
    if (!progress_) return;
    const std::lock_guard lock{progress_mutex_};
    started_ += more;
    progress_(started_, load_.jobs.size() * outcomes_.size());
  }

  const Workload& load_;
  const std::vector<SchedulingPolicy>& policies_;
  const ExperimentOptions& options_;
  const ExperimentProgress& progress_;
  std::size_t seeds_ = 1;
  std::vector<Outcome> outcomes_;  // each written by one thread, read after all joined
  std::atomic<std::size_t> next_{0};
  std::mutex observe_mutex_;   // one call of options_.observe at a time
  std::mutex progress_mutex_;  // guards started_ and the calls of progress_
  std::uint64_t started_ = 0;
};

class RatioSum {
 public:
  void add(double value, double against) {
    if (value <= 0 || against <= 0) return;
    const double ratio = value / against;
    logs_ += std::log(ratio);
    least_ = n_ == 0 ? ratio : std::min(least_, ratio);
    most_ = n_ == 0 ? ratio : std::max(most_, ratio);
    ++n_;
  }
  Ratio result() const { return n_ == 0 ? Ratio{} : Ratio{std::exp(logs_ / n_), least_, most_}; }

 private:
  double logs_ = 0, least_ = 1, most_ = 1;
  int n_ = 0;
};

}  // namespace

std::vector<ReplayRun> run_experiment(const Workload& load, const std::vector<SchedulingPolicy>& policies,
                                      const ExperimentOptions& options, const ExperimentProgress& progress) {
  if (policies.empty()) return {};
  return Experiment{load, policies, options, progress}.run();
}

std::vector<Comparison> compare_with_first(const std::vector<ReplayRun>& runs) {
  std::vector<Comparison> all;
  if (runs.empty()) return all;
  std::size_t policies = 0;
  while (policies < runs.size() && runs[policies].seed == runs.front().seed) ++policies;
  for (std::size_t p = 1; p < policies; ++p) {
    Comparison c{runs[p].trace,
                 runs[p].policy,
                 runs[p].predictor,
                 runs[0].policy,
                 runs[0].predictor,
                 0,
                 {},
                 {},
                 {},
                 {},
                 {},
                 0};
    RatioSum ave, gm, rms, max, wait;
    for (std::size_t first = 0; first + p < runs.size(); first += policies) {
      const Metrics& before = runs[first].metrics;
      const Metrics& after = runs[first + p].metrics;
      ave.add(after.avebsld, before.avebsld);
      gm.add(after.gmbsld, before.gmbsld);
      rms.add(after.rmsbsld, before.rmsbsld);
      max.add(after.maxbsld, before.maxbsld);
      wait.add(after.mean_wait_s, before.mean_wait_s);
      c.short_started_gain += after.short_started - before.short_started;
      ++c.runs;
    }
    c.short_started_gain /= c.runs;
    c.avebsld = ave.result();
    c.gmbsld = gm.result();
    c.rmsbsld = rms.result();
    c.maxbsld = max.result();
    c.mean_wait = wait.result();
    all.push_back(c);
  }
  return all;
}

}  // namespace foreshape
