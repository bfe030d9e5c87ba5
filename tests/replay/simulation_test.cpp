// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/simulation.h"

#include <gtest/gtest.h>

#include "tests/replay/random_workload.h"
#include "tests/replay/reference.h"
#include "tests/replay/test_policies.h"

namespace foreshape {
namespace {

TEST(Simulate, AgreesWithTheReferenceJobByJob) {
  for (const SchedulingPolicy& policy : all_policies()) expect_agreement(policy, random_workload);
}

TEST(Simulate, AgreesWithTheReferenceUnderEverySettingOfSlurm) {
  for (const SchedulingPolicy& policy : slurm_settings()) expect_agreement(policy, random_workload);
}

/// Processors in use never exceed the machine, counted between ends and starts of the same second.
void expect_within_capacity(const Workload& load, const Schedule& schedule) {
  std::vector<std::pair<std::int64_t, std::int64_t>> changes;
  for (std::size_t i = 0; i < load.jobs.size(); ++i) {
    changes.emplace_back(schedule.start_s[i], load.jobs[i].procs);
    changes.emplace_back(schedule.end_s[i], -load.jobs[i].procs);
  }
  for (const TrialRun& run : schedule.trials) {
    if (run.outcome != TrialOutcome::requeued) continue;
    changes.emplace_back(run.start_s, load.jobs[run.job].procs);
    changes.emplace_back(run.start_s + run.held_s, -load.jobs[run.job].procs);
  }
  std::sort(changes.begin(), changes.end());  // ends of a second come first: they are negative
  std::int64_t used = 0;
  for (const auto& [time, procs] : changes) {
    used += procs;
    ASSERT_LE(used, load.procs) << "at " << time;
  }
}

TEST(Simulate, KeepsTheInvariants) {
  for_each_schedule(random_workload, [](const Workload& load, const Schedule& schedule) {
    expect_within_capacity(load, schedule);
    for (std::size_t j = 0; j < load.jobs.size(); ++j) {
      ASSERT_GE(schedule.start_s[j], load.jobs[j].submit_s);
      ASSERT_EQ(schedule.end_s[j] - schedule.start_s[j], load.jobs[j].run_s);
      ASSERT_LE(schedule.estimates[j].plan_s, load.jobs[j].limit_s);
    }
  });
}

/// The processors of a machine without nodes.
struct FreeProcessors {
  const Workload& load;
  std::int64_t free = load.procs;
  void take(std::size_t job) { free -= load.jobs[job].procs; }
  void give(std::size_t job) { free += load.jobs[job].procs; }
  bool fits(std::size_t job) const { return free >= load.jobs[job].procs; }
};

TEST(Simulate, NeverPutsOffTheHeadWherePlansAreUpperBounds) {
  expect_never_puts_off_the_head(random_workload, [](const Workload& load, const Schedule& /*schedule*/) {
    return FreeProcessors{load};
  });
}

TEST(Simulate, CutsJobsAtThePredictionWhereRequested) {
  SchedulingPolicy policy = *find_policy("easy++");
  policy.kill_on_prediction = true;
  std::mt19937 random{7};  // NOLINT(cert-msc51-cpp): repeatable
  for (int i = 0; i < 100; ++i) {
    const Workload load = random_workload(random);
    const Schedule schedule = simulate(load, policy);
    for (std::size_t j = 0; j < load.jobs.size(); ++j)
      ASSERT_EQ(schedule.end_s[j] - schedule.start_s[j],
                std::min(load.jobs[j].run_s, schedule.estimates[j].plan_s));
    EXPECT_EQ(schedule.corrections, 0U);
  }
}

}  // namespace
}  // namespace foreshape
