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
  std::sort(changes.begin(), changes.end());  // ends of a second come first: they are negative
  std::int64_t used = 0;
  for (const auto& [time, procs] : changes) {
    used += procs;
    ASSERT_LE(used, load.procs) << "at " << time;
  }
}

TEST(Simulate, KeepsTheInvariants) {
  for (const SchedulingPolicy& policy : all_policies()) {
    SCOPED_TRACE(policy.name);
    std::mt19937 random{7};  // NOLINT(cert-msc51-cpp): repeatable
    for (int i = 0; i < kWorkloads; ++i) {
      const Workload load = random_workload(random);
      const Schedule schedule = simulate(load, policy);
      expect_within_capacity(load, schedule);
      for (std::size_t j = 0; j < load.jobs.size(); ++j) {
        ASSERT_GE(schedule.start_s[j], load.jobs[j].submit_s);
        ASSERT_EQ(schedule.end_s[j] - schedule.start_s[j], load.jobs[j].run_s);
        ASSERT_LE(schedule.estimates[j].plan_s, load.jobs[j].limit_s);
      }
    }
  }
}

/// When the job became the first by arrival, and the latest time at which it could then start: the earliest
/// planned end that leaves it enough processors.
std::int64_t promised_to_head(const Workload& load, const Schedule& schedule, std::size_t head) {
  std::int64_t since = load.jobs[head].submit_s;
  for (std::size_t i = 0; i < head; ++i) since = std::max(since, schedule.start_s[i]);
  std::vector<std::pair<std::int64_t, std::int64_t>> ends;
  std::int64_t free = load.procs;
  for (std::size_t i = 0; i < load.jobs.size(); ++i) {
    // Those that started in the same second count too: beside the head they must not have put it off.
    const bool started = schedule.start_s[i] <= since && i != head;
    const std::int64_t planned_end = schedule.start_s[i] + schedule.estimates[i].plan_s;
    if (!started || schedule.end_s[i] < since || planned_end <= since) continue;
    free -= load.jobs[i].procs;
    ends.emplace_back(planned_end, load.jobs[i].procs);
  }
  std::sort(ends.begin(), ends.end());
  std::int64_t latest = since;
  for (const auto& [end, procs] : ends) {
    if (free >= load.jobs[head].procs) break;
    free += procs;
    latest = end;
  }
  return latest;
}

TEST(Simulate, NeverPutsOffTheHeadWherePlansAreUpperBounds) {
  for (const char* name : {"easy", "easy-sjbf"}) {
    for (const Source source : {Source::requested, Source::clairvoyant}) {
      SchedulingPolicy policy = *find_policy(name);
      policy.source = source;
      SCOPED_TRACE(std::string(name) + ":" + std::string(source_name(source)));
      std::mt19937 random{11};  // NOLINT(cert-msc51-cpp): repeatable
      for (int i = 0; i < 1'000; ++i) {
        const Workload load = random_workload(random);
        const Schedule schedule = simulate(load, policy);
        for (std::size_t j = 0; j < load.jobs.size(); ++j)
          ASSERT_LE(schedule.start_s[j], promised_to_head(load, schedule, j))
              << "workload " << i << ", job " << j;
      }
    }
  }
}

TEST(Simulate, CutsJobsAtThePredictionWhereAsked) {
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
