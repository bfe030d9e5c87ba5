// SPDX-License-Identifier: GPL-2.0-or-later
// Nothing that a policy or predictor decides before a moment depends on what comes after it: in a pool, and
// on nodes with memory.
#include <gtest/gtest.h>
#include <set>

#include "predictor/model/model.h"
#include "replay/simulation.h"
#include "tests/replay/random_workload.h"
#include "tests/replay/test_policies.h"

namespace foreshape {
namespace {

/// The least run times that are consistent with what was seen before t.
std::vector<std::int64_t> seen_run_times(const Workload& load, const SchedulingPolicy& policy,
                                         const Schedule& schedule, std::int64_t t) {
  std::vector<std::int64_t> seen(load.jobs.size(), 1);
  const auto see = [&](JobIndex job, std::int64_t run_s) { seen[job] = std::max(seen[job], run_s); };
  for (JobIndex i = 0; i < load.jobs.size(); ++i) see(i, t - schedule.start_s[i]);
  for (const TrialRun& run : schedule.trials)
    if (run.outcome == TrialOutcome::requeued)
      see(run.job, std::min(t - run.start_s, policy.trial->length_s + 1));
  return seen;
}

/// The same past, another future: what is submitted at or after t is shuffled and altered; jobs that have not
/// ended before t get another run time and state, as far as what was seen of them before t allows.
Workload with_another_future(const Workload& load, const SchedulingPolicy& policy, const Schedule& schedule,
                             std::int64_t t, std::mt19937& random) {
  // The clairvoyant predictor knows the run times of jobs that are there: those stay as they are.
  const bool keep_run_times = policy.source == Source::clairvoyant;
  const std::vector<std::int64_t> seen_s = seen_run_times(load, policy, schedule, t);
  const auto upto = [&](std::int64_t most) { return static_cast<std::int64_t>(random()) % most; };
  Workload other = load;
  for (std::size_t i = 0; i < other.jobs.size(); ++i) {
    ReplayJob& job = other.jobs[i];
    if (job.submit_s >= t) {
      job.submit_s = t + upto(100);
      job.user = static_cast<std::uint32_t>(upto(load.users));
      job.procs = static_cast<std::int32_t>(1 + upto(load.procs));
      job.limit_s = 1 + upto(2'000);
      job.run_s = 1 + upto(job.limit_s);
      job.request.submit_s = job.submit_s;
      job.request.uid = job.user;
      job.request.cpus = static_cast<std::uint32_t>(job.procs);
      job.request.limit_s = job.limit_s;
      job.demand = {job.procs, 0, load.cluster.nodes > 0 ? upto(3) : 0};
      if (load.cluster.nodes > 0 && !FreeNodes{load.cluster}.fits(job.demand)) job.demand.memory_per_core = 0;
    } else if (schedule.end_s[i] >= t && !keep_run_times) {
      job.run_s = seen_s[i] + upto(job.limit_s - seen_s[i] + 1);
      job.state = upto(2) == 0 ? JobState::failed : JobState::cancelled;
    }
  }
  std::stable_sort(other.jobs.begin(), other.jobs.end(),
                   [](const ReplayJob& a, const ReplayJob& b) { return a.submit_s < b.submit_s; });
  return other;
}

std::vector<std::pair<std::int32_t, std::int32_t>> places(const Placement& placement) {
  std::vector<std::pair<std::int32_t, std::int32_t>> found;
  for (const auto& [node, cores] : placement.shares) found.emplace_back(node, cores);
  return found;
}

/// Those that began before t, and what had become of them by then.
void expect_same_trials(const Schedule& before, const Schedule& after, std::int64_t t) {
  const auto began = [&](const Schedule& schedule) {
    std::vector<std::pair<JobIndex, std::int64_t>> trials;
    for (const TrialRun& run : schedule.trials)
      if (run.start_s < t) trials.emplace_back(run.job, run.start_s);
    return trials;
  };
  const auto left = [&](const Schedule& schedule) {
    std::vector<JobIndex> jobs;
    for (const TrialRun& run : schedule.trials)
      if (run.outcome == TrialOutcome::requeued && run.start_s + run.held_s < t) jobs.push_back(run.job);
    return jobs;
  };
  ASSERT_EQ(began(before), began(after));
  ASSERT_EQ(left(before), left(after));
}

void expect_same_past(const Workload& load, const SchedulingPolicy& policy, std::mt19937& random) {
  const Schedule before = simulate(load, policy);
  const std::int64_t t =
      before.start_s[random() % before.start_s.size()] + static_cast<std::int64_t>(random() % 3);
  const Schedule after = simulate(with_another_future(load, policy, before, t, random), policy);
  std::set<std::size_t> on_trial;
  for (const TrialRun& run : before.trials)
    if (run.start_s < t && t <= run.start_s + policy.trial->length_s) on_trial.insert(run.job);
  for (std::size_t i = 0; i < load.jobs.size() && load.jobs[i].submit_s < t; ++i) {
    ASSERT_EQ(before.estimates[i].plan_s, after.estimates[i].plan_s) << "job " << i;
    ASSERT_EQ(before.estimates[i].order_s, after.estimates[i].order_s) << "job " << i;
    // Whether a job on trial ends within it, and so started for good, is still to come.
    if (on_trial.contains(i)) continue;
    if (before.start_s[i] < t || after.start_s[i] < t) {
      ASSERT_EQ(before.start_s[i], after.start_s[i]) << "job " << i;
      if (load.cluster.nodes > 0) {
        ASSERT_EQ(places(before.placements[i]), places(after.placements[i])) << "job " << i;
      }
    }
  }
  expect_same_trials(before, after, t);
}

/// A network that was taught nothing says other things than the kernel: enough to see what it looks at.
std::shared_ptr<const Model> untaught_model() {
  Model model;
  model.sizes.hidden = 8;
  model.sizes.pair_hidden = 4;
  const NetworkLayout layout{model.sizes};
  model.weights.resize(layout.total);
  initialise_weights(layout, 1, model.weights);
  model.serves[static_cast<std::size_t>(Resource::run_time)] = true;
  return std::make_shared<const Model>(std::move(model));
}

/// Every policy with every predictor and correction.
template <class MakeWorkload>
void expect_honesty(MakeWorkload&& make) {
  const auto model = untaught_model();
  for (const std::string_view name : policy_names()) {
    for (const Source source : {Source::requested, Source::last2, Source::similar, Source::kernel,
                                Source::model, Source::clairvoyant}) {
      for (const Correction correction :
           {Correction::requested, Correction::incremental, Correction::next_quantile}) {
        SchedulingPolicy policy = *find_policy(name);
        policy.source = source;
        policy.correction = correction;
        policy.model = model;
        SCOPED_TRACE(policy.name + ":" + std::string(source_name(source)) + ", correction " +
                     std::to_string(static_cast<int>(correction)));
        std::mt19937 random{99};                                  // NOLINT(cert-msc51-cpp): repeatable
        const int workloads = source == Source::model ? 10 : 40;  // a network is slow
        for (int i = 0; i < workloads; ++i) {
          expect_same_past(make(random), policy, random);
          if (testing::Test::HasFatalFailure()) return;
        }
      }
    }
  }
}

TEST(Honesty, DecisionsBeforeAMomentDoNotDependOnWhatComesAfter) { expect_honesty(random_workload); }

TEST(Honesty, NorDoPlacesOnNodes) { expect_honesty(random_node_workload); }

TEST(Honesty, NorDoTrials) {
  SchedulingPolicy policy = scaled(*find_policy("slurm-order-trial"));
  for (const bool is_pool : {true, false}) {
    std::mt19937 random{99};  // NOLINT(cert-msc51-cpp): repeatable
    std::size_t trials = 0;
    for (int i = 0; i < 500; ++i) {
      const Workload load = is_pool ? random_workload(random) : random_node_workload(random);
      expect_same_past(load, policy, random);
      if (HasFatalFailure()) return;
      trials += simulate(load, policy).trials.size();
    }
    EXPECT_GT(trials, 100U);
  }
}

// All that is foreseen but by the clairvoyant, who is there to show what could be had.
TEST(Honesty, NorDoHolds) {
  for (const std::string_view hold : hold_names()) {
    SchedulingPolicy policy = scaled(*find_policy("slurm-order" + std::string(hold)));
    if (policy.hold->forecast == HoldForecast::clairvoyant) continue;
    policy.hold->idle_share_max = 1;
    policy.hold->fixed_share = 0.3;
    policy.hold->rules.pool_share_max = 0.7;
    policy.hold->rules.personal_probability_min = 0.1;
    SCOPED_TRACE(policy.name);
    std::mt19937 random{99};  // NOLINT(cert-msc51-cpp): repeatable
    std::size_t hits = 0;
    for (int i = 0; i < 300; ++i) {
      const Workload load = random_workload(random);
      expect_same_past(load, policy, random);
      if (HasFatalFailure()) return;
      hits += simulate(load, policy).holds.hits.size();
    }
    // The workloads are seldom long enough for a second week.
    EXPECT_GE(hits, policy.hold->forecast == HoldForecast::by_hour ? 0U : 20U);
  }
}

TEST(Honesty, IsTestedWithAModelThatSaysOtherThingsThanTheKernel) {
  SchedulingPolicy policy = *find_policy("whole-queue");
  policy.source = Source::model;
  policy.model = untaught_model();
  SchedulingPolicy kernel = policy;
  kernel.source = Source::kernel;
  std::mt19937 random{99};  // NOLINT(cert-msc51-cpp): repeatable
  int differ = 0;
  for (int i = 0; i < 10; ++i) {
    const Workload load = random_workload(random);
    const auto said = simulate(load, policy).estimates, by_kernel = simulate(load, kernel).estimates;
    for (std::size_t j = 0; j < said.size(); ++j) differ += said[j].point_s != by_kernel[j].point_s ? 1 : 0;
  }
  EXPECT_GT(differ, 10);
}

}  // namespace
}  // namespace foreshape
