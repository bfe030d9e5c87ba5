// SPDX-License-Identifier: GPL-2.0-or-later
// Processors held in a replay: for whom, what they cost, and that nothing else changes.
#include "replay/holding.h"

#include <gtest/gtest.h>
#include <map>

#include "replay/metrics.h"
#include "tests/replay/random_workload.h"
#include "tests/replay/test_policies.h"

namespace foreshape {
namespace {

constexpr std::int64_t kHour = 3'600;

/// Where every name of a hold is tried.
std::vector<SchedulingPolicy> holding_policies() {
  std::vector<SchedulingPolicy> all;
  for (const std::string_view base : {"slurm", "slurm-key", "slurm-order", "slurm-order-trial"})
    for (const std::string_view hold : hold_names())
      all.push_back(*find_policy(std::string(base) + std::string(hold)));
  return all;
}

ReplayJob job_of(std::uint32_t user, std::int64_t submit_s, std::int32_t procs, std::int64_t limit_s,
                 std::int64_t run_s) {
  ReplayJob job;
  job.submit_s = submit_s;
  job.procs = procs;
  job.limit_s = limit_s;
  job.run_s = run_s;
  job.user = user;
  job.request.submit_s = submit_s;
  job.request.uid = 1'000 + user;
  job.request.cpus = static_cast<std::uint32_t>(procs);
  job.request.limit_s = limit_s;
  job.state = JobState::completed;
  return job;
}

/// A machine of 20 on which user 1 comes back every ten minutes with a minute's work. After five hours user 0's jobs, of
/// five hours each, come faster than they end, and leave no room.
Workload regular_user() {
  Workload load;
  load.procs = 20;
  load.users = 2;
  for (int i = 0; i < 300; ++i)
    load.jobs.push_back(job_of(0, 5 * kHour + i * 400, 1, 5 * kHour, 5 * kHour - 60 * (i % 7)));
  for (int i = 0; i < 230; ++i) load.jobs.push_back(job_of(1, 300 + i * 600, 1, 600, 60));
  std::ranges::stable_sort(load.jobs, {}, &ReplayJob::submit_s);
  return load;
}

double mean_wait_s(const Workload& load, const Schedule& schedule, std::uint32_t user) {
  double sum = 0, jobs = 0;
  for (std::size_t i = 0; i < load.jobs.size(); ++i) {
    if (load.jobs[i].user != user) continue;
    sum += static_cast<double>(schedule.start_s[i] - load.jobs[i].submit_s);
    ++jobs;
  }
  return sum / jobs;
}

/// The most processors that jobs have at once.
std::int64_t most_in_use(const Workload& load, const Schedule& schedule) {
  std::map<std::int64_t, std::int64_t> change;
  for (std::size_t i = 0; i < load.jobs.size(); ++i) {
    change[schedule.start_s[i]] += load.jobs[i].procs;
    change[schedule.end_s[i]] -= load.jobs[i].procs;
  }
  std::int64_t in_use = 0, most = 0;
  for (const auto& [time, by] : change) most = std::max(most, in_use += by);
  return most;
}

TEST(Holding, KeepsAPlaceForWhoComesBackEveryTenMinutes) {
  const Workload load = regular_user();
  SchedulingPolicy policy = *find_policy("slurm+hold");
  policy.source = Source::kernel;
  policy.plan_requested = true;
  policy.hold->idle_share_max = 0.05;
  const Schedule with = simulate(load, policy);
  policy.hold.reset();
  const Schedule without = simulate(load, policy);
  EXPECT_GT(with.holds.hits.size(), 150U);
  EXPECT_LT(3 * mean_wait_s(load, with, 1), mean_wait_s(load, without, 1));
  EXPECT_LT(mean_wait_s(load, with, 0), 1.1 * mean_wait_s(load, without, 0));
  const Metrics m = metrics_of(load, with);
  EXPECT_EQ(m.holds.hits, with.holds.hits.size());
  EXPECT_GT(m.holds.idle_share, 0);
  EXPECT_LT(m.holds.idle_share, 0.05);
  const HoldWaits before = hold_waits(waits_of(load, without), with.holds);
  EXPECT_GT(before.hit_s, kHour);
  EXPECT_LT(m.holds.hit_wait_s, 0.2 * before.hit_s);
}

// Every processor is then in the map, and none is ever held.
TEST(Holding, WithoutAnythingToSpendItIsAsIfThereWereNone) {
  for (SchedulingPolicy policy : holding_policies()) {
    SCOPED_TRACE(policy.name);
    policy = scaled(policy);
    policy.hold->idle_share_max = 0;
    SchedulingPolicy plain = policy;
    plain.hold.reset();
    std::mt19937 random{11};  // NOLINT(cert-msc51-cpp): repeatable
    for (int i = 0; i < kWorkloads; ++i) {
      const Workload load = random_workload(random);
      const Schedule with = simulate(load, policy);
      ASSERT_EQ(with.start_s, simulate(load, plain).start_s) << "workload " << i;
      ASSERT_EQ(with.holds.idle_s, 0);
    }
  }
}

// The workloads' times are seconds or tens of minutes: rounds, windows and deadlines fall anywhere among them.
TEST(Holding, NeverGivesAwayMoreThanThereIsAndEveryJobStarts) {
  std::size_t hits = 0;
  for (SchedulingPolicy policy : holding_policies()) {
    if (!policy.name.starts_with("slurm-order")) continue;
    SCOPED_TRACE(policy.name);
    policy = scaled(policy);
    policy.source = Source::kernel;
    policy.hold->idle_share_max = 1;
    policy.hold->fixed_share = 0.3;
    policy.hold->rules.pool_share_max = 0.7;
    policy.hold->rules.pool_factor = 3;
    policy.hold->rules.personal_probability_min = 0.1;
    policy.hold->rules.head_blocked_s = 7 * 86'400;
    policy.hold->rules.deadline_s = policy.hold->rules.window_s = 1'800;
    std::mt19937 random{12};  // NOLINT(cert-msc51-cpp): repeatable
    for (int i = 0; i < kWorkloads / 10; ++i) {
      const Workload load = random_workload(random);
      const Schedule schedule = simulate(load, policy);
      ASSERT_LE(most_in_use(load, schedule), load.procs) << "workload " << i;
      for (std::size_t j = 0; j < load.jobs.size(); ++j)
        ASSERT_GE(schedule.start_s[j], load.jobs[j].submit_s) << "workload " << i << ", job " << j;
      ASSERT_EQ(schedule.start_s, simulate(load, policy).start_s);
      hits += schedule.holds.hits.size();
    }
  }
  EXPECT_GT(hits, 100U);
}

TEST(ForeseenJobs, ByTheHourOfTheWeekAreThoseOfTheWeeksBefore) {
  constexpr std::int64_t kWeek = 7 * 24 * kHour, kHalfHour = kHour / 2;
  Workload load;
  load.procs = 100;
  load.users = 1;
  for (int week = 0; week < 3; ++week)  // 40 processors of short jobs in one hour, nothing in the next
    for (int i = 0; i < 10; ++i)
      load.jobs.push_back(job_of(0, week * kWeek + 100 * kHour + i * 60, 4, 600, 60));
  SchedulingPolicy policy = *find_policy("slurm+hold-by-hour");
  HoldPolicy rules;
  rules.mode = HoldMode::on;
  rules.window_s = kHalfHour;
  const auto foreseen = make_foreseen_jobs(load, policy, rules);
  const auto nodes_at = [&](std::int64_t time_s) {
    const auto jobs = foreseen->foresee(time_s);
    return jobs.empty() ? 0U : jobs.front().nodes;
  };
  EXPECT_EQ(nodes_at(100 * kHour), 0U);
  for (JobIndex i = 0; i < load.jobs.size(); ++i) {
    foreseen->submitted(i, Estimate::of(60));
    if (i % 10 != 9) continue;
    EXPECT_EQ(nodes_at(load.jobs[i - 9].submit_s + kWeek), 20U) << i;
  }
  EXPECT_EQ(nodes_at(load.jobs[20].submit_s + kWeek + kHour), 0U);
}

TEST(Holding, IsForSlurmsOwnSchedulerOnly) {
  EXPECT_TRUE(find_policy("slurm-order+hold-by-hour"));
  EXPECT_FALSE(find_policy("easy+hold"));
  EXPECT_FALSE(find_policy("slurm+holding"));
  EXPECT_FALSE(find_policy("+hold"));
}

}  // namespace
}  // namespace foreshape
