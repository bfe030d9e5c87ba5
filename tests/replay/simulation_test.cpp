#include "replay/simulation.h"

#include <gtest/gtest.h>

#include "tests/replay/random_workload.h"
#include "tests/replay/reference.h"

namespace foreshape {
namespace {

constexpr int kWorkloads = 2'000;

struct Case {
  const char* policy;
  Source source;
  Correction correction;
};

std::vector<SchedulingPolicy> policies() {
  std::vector<SchedulingPolicy> all;
  for (const Case& c : {Case{"easy", Source::requested, Correction::requested},
                        Case{"easy", Source::last2, Correction::requested},
                        Case{"easy", Source::clairvoyant, Correction::requested},
                        Case{"easy-sjbf", Source::requested, Correction::requested},
                        Case{"easy-sjbf", Source::last2, Correction::requested},
                        Case{"easy-sjbf", Source::clairvoyant, Correction::requested},
                        Case{"easy++", Source::last2, Correction::incremental}}) {
    SchedulingPolicy p = *find_policy(c.policy);
    p.source = c.source;
    p.correction = c.correction;
    p.name += ":" + std::string(source_name(c.source));
    all.push_back(p);
  }
  return all;
}

TEST(Simulate, AgreesWithTheReferenceJobByJob) {
  for (const SchedulingPolicy& policy : policies()) {
    SCOPED_TRACE(policy.name);
    std::mt19937 random{20261122};  // NOLINT(cert-msc51-cpp): repeatable
    for (int i = 0; i < kWorkloads; ++i) {
      const Workload load = random_workload(random);
      ASSERT_EQ(simulate(load, policy).start_s, reference_starts(load, policy)) << "workload " << i;
    }
  }
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
  for (const SchedulingPolicy& policy : policies()) {
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

TEST(Simulate, CutsJobsAtThePredictionWhereAsked) {
  SchedulingPolicy policy = *find_policy("easy++");
  policy.kill_on_prediction = true;
  std::mt19937 random{7};  // NOLINT(cert-msc51-cpp): repeatable
  for (int i = 0; i < 100; ++i) {
    const Workload load = random_workload(random);
    const Schedule schedule = simulate(load, policy);
    for (std::size_t j = 0; j < load.jobs.size(); ++j)
      ASSERT_EQ(schedule.end_s[j] - schedule.start_s[j], std::min(load.jobs[j].run_s, schedule.estimates[j].plan_s));
    EXPECT_EQ(schedule.corrections, 0U);
  }
}

}  // namespace
}  // namespace foreshape
