// SPDX-License-Identifier: GPL-2.0-or-later
// Trial starts: who is tried, what becomes of them, and that nobody's planned start pays for it.
#include "replay/trials.h"

#include <gtest/gtest.h>
#include <map>
#include <set>

#include "replay/experiment.h"
#include "replay/simulation.h"
#include "replay/state.h"
#include "tests/replay/random_workload.h"
#include "tests/replay/test_policies.h"

namespace foreshape {

struct TrialJob {
  std::int64_t submit_s;
  std::int32_t procs;
  std::int64_t limit_s, run_s;
  std::uint32_t user = 0;
};

Workload trial_workload(std::int32_t procs, std::initializer_list<TrialJob> jobs) {
  Workload load;
  load.procs = procs;
  for (const TrialJob& given : jobs) {
    ReplayJob job;
    job.submit_s = given.submit_s;
    job.procs = given.procs;
    job.limit_s = given.limit_s;
    job.run_s = given.run_s;
    job.user = given.user;
    load.users = std::max(load.users, given.user + 1);
    load.jobs.push_back(job);
  }
  return load;
}

/// First come, first served, a reservation for everybody, a pass in every second, times as they are: what is
/// planned can be told by hand. Everybody is tried.
SchedulingPolicy trial_policy() {
  SchedulingPolicy policy = *find_policy("slurm");
  policy.slurm.interval_s = policy.slurm.resolution_s = 1;
  policy.slurm.precision_s = 0;
  policy.slurm.window_s = 1'000'000;
  policy.trial = TrialPolicy{.chance_min = 0};
  return policy;
}

// Of 10 processors 6 are taken until 1,000, when all 10 are reserved for an hour: the third job, with a limit
// of 5,000 s, would start at 2,000.
Workload hole_until_1000(std::int64_t run_s) {
  return trial_workload(10, {{0, 6, 1'000, 1'000}, {1, 10, 1'000, 1'000}, {2, 4, 5'000, run_s}});
}

TEST(TrialStart, RunsAJobThatEndsWithinTheHole) {
  for (const std::int64_t run_s : {1, 50, 120}) {
    const Schedule schedule = simulate(hole_until_1000(run_s), trial_policy());
    EXPECT_EQ(schedule.start_s, (std::vector<std::int64_t>{0, 1'000, 2}));
    EXPECT_EQ(schedule.end_s[2], 2 + run_s);
    ASSERT_EQ(schedule.trials.size(), 1U);
    EXPECT_EQ(schedule.trials[0].outcome, TrialOutcome::ended);
    EXPECT_EQ(schedule.trials[0].held_s, 0);
  }
}

TEST(TrialStart, RequeuesALongerOneWhichThenRunsInFull) {
  const Schedule schedule = simulate(hole_until_1000(121), trial_policy());
  EXPECT_EQ(schedule.start_s, (std::vector<std::int64_t>{0, 1'000, 2'000}));
  EXPECT_EQ(schedule.end_s[2], 2'121);
  ASSERT_EQ(schedule.trials.size(), 1U);
  EXPECT_EQ(schedule.trials[0].outcome, TrialOutcome::requeued);
  EXPECT_EQ(schedule.trials[0].start_s, 2);
}

TEST(TrialStart, LosesWhatARequeuedJobHeldAndNothingElse) {
  const Workload load = hole_until_1000(200);
  for (const std::int64_t cost_s : {0, 10, 100}) {
    SchedulingPolicy policy = trial_policy();
    policy.trial->start_cost_s = cost_s;
    const Schedule schedule = simulate(load, policy);
    ASSERT_EQ(schedule.trials.size(), 1U);
    EXPECT_EQ(schedule.trials[0].held_s, 120 + cost_s);
    const Metrics m = metrics_of(load, schedule);
    EXPECT_EQ(m.trials.started, 1U);
    EXPECT_EQ(m.trials.requeued, 1U);
    EXPECT_DOUBLE_EQ(m.trials.lost_s, 4.0 * static_cast<double>(120 + cost_s));
    EXPECT_DOUBLE_EQ(m.trials.lost_share, m.trials.lost_s / (6'000 + 10'000 + 800));
  }
  EXPECT_EQ(metrics_of(load, simulate(load, *find_policy("slurm"))).trials.started, 0U);
}

TEST(TrialStart, NeedsAHoleAsLongAsATrialAndItsCost) {
  for (const std::int64_t hole_s : {129, 130}) {
    Workload load = hole_until_1000(50);
    load.jobs[0].limit_s = load.jobs[0].run_s = 2 + hole_s;  // a trial would begin at 2
    SCOPED_TRACE(hole_s);
    EXPECT_EQ(simulate(load, trial_policy()).trials.size(), hole_s == 130 ? 1U : 0U);
  }
}

TEST(TrialStart, RunsOnWhereTheHoleHasGrown) {
  // 10 processors are reserved at 1,000 for the fourth job, 5 more come back at 3,000 by their limit: 5 are
  // free for less than 5,000 s. Two jobs end early, and the fourth starts beside the one on trial.
  const Workload load = trial_workload(20, {{0, 5, 1'000, 50},
                                            {0, 5, 3'000, 60},
                                            {0, 5, 9'000, 9'000},
                                            {1, 10, 5'000, 5'000},
                                            {2, 5, 5'000, 4'000}});
  const Schedule schedule = simulate(load, trial_policy());
  EXPECT_EQ(schedule.start_s, (std::vector<std::int64_t>{0, 0, 0, 60, 2}));
  EXPECT_EQ(schedule.end_s[4], 4'002);
  ASSERT_EQ(schedule.trials.size(), 1U);
  EXPECT_EQ(schedule.trials[0].outcome, TrialOutcome::ran_on);
  EXPECT_EQ(metrics_of(load, schedule).trials.lost_s, 0);
}

TEST(TrialStart, KeepsTheRequeuedJobsPlaceInTheQueue) {
  // A later job that would fit instead of it at 2,000.
  Workload load = trial_workload(
      10, {{0, 6, 1'000, 1'000}, {1, 10, 1'000, 1'000}, {2, 4, 5'000, 500}, {50, 7, 5'000, 500}});
  const Schedule schedule = simulate(load, trial_policy());
  ASSERT_EQ(schedule.trials.size(), 1U);
  EXPECT_EQ(schedule.start_s[2], 2'000);
  EXPECT_EQ(schedule.start_s[3], 2'500);
}

TEST(TrialStart, LeavesTheQueuesEntryAsItWas) {
  const Workload load = hole_until_1000(500);
  const SchedulingPolicy policy = *find_policy("slurm-order-trial");
  SimulationState state{load, policy};
  state.submit(0);
  const Waiting before = state.queue.front();
  state.queue.erase(before);
  state.start_trial(0, {});
  EXPECT_EQ(state.free, 4);
  EXPECT_EQ(state.head_by_arrival(), SimulationState::kNone);
  state.now = 120;
  state.stop_trial(0);
  EXPECT_EQ(state.free, 4);
  state.now = 130;
  state.requeue(0);
  EXPECT_EQ(state.free, 10);
  const Waiting after = state.queue.front();
  EXPECT_EQ(after.key, before.key);
  EXPECT_EQ(after.submit_s, before.submit_s);
  EXPECT_EQ(after.plan_s, before.plan_s);
  EXPECT_EQ(state.head_by_arrival(), 0U);
}

TEST(MayTry, IsForWhoMayRunTwiceAndIsLikelyShort) {
  struct Case {
    const char* why;
    double chance;
    bool interactive, dependent;
    TextHash burst_buffer;
    bool want;
  };
  const Case cases[] = {{"likely enough", .1, false, false, 0, true},
                        {"hardly short", .099, false, false, 0, false},
                        {"somebody sits in front of it", 1, true, false, 0, false},
                        {"it depends on others", 1, false, true, 0, false},
                        {"it stages data", 1, false, false, 7, false}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.why);
    Workload load = hole_until_1000(1);
    load.jobs[2].request.interactive = c.interactive;
    load.jobs[2].request.has_dependency = c.dependent;
    load.jobs[2].request.burst_buffer = c.burst_buffer;
    const TrialPolicy policy{.chance_min = .1};
    EXPECT_EQ((Trials{load, policy}.may_try(2, c.chance, 0)), c.want);
  }
}

TEST(MayTry, IsOnceInAJobsLifeAndSoManyTimesADay) {
  const Workload load = trial_workload(1, {{0, 1, 1, 1}, {0, 1, 1, 1}, {0, 1, 1, 1}, {0, 1, 1, 1, 1}});
  const TrialPolicy policy{.user_day_max = 2};
  Trials trials{load, policy};
  trials.started(0, 10);
  EXPECT_FALSE(trials.may_try(0, 1, 10));
  EXPECT_TRUE(trials.may_try(1, 1, 10));
  trials.started(1, 86'399);
  EXPECT_FALSE(trials.may_try(2, 1, 86'399));
  EXPECT_TRUE(trials.may_try(3, 1, 86'399)) << "another user";
  EXPECT_TRUE(trials.may_try(2, 1, 86'400)) << "the next day";
  EXPECT_FALSE(trials.may_try(0, 1, 86'400)) << "was tried";
}

TEST(MayTry, IsForNobodyWithACapOf0) {
  const Workload load = hole_until_1000(1);
  const TrialPolicy policy{.user_day_max = 0};
  EXPECT_FALSE((Trials{load, policy}.may_try(0, 1, 0)));
}

TEST(MayTry, IsForTheShareOfUsersWhoConsentWhicheverWayTheSeedDrawsThem) {
  Workload load;
  load.users = 10'000;
  load.jobs.resize(load.users);
  for (std::uint32_t user = 0; user < load.users; ++user) load.jobs[user].user = user;
  const auto consenting = [&](double share, std::uint64_t seed) {
    const TrialPolicy policy{.consent = share, .consent_seed = seed};
    const Trials trials{load, policy};
    std::vector<bool> users;
    for (JobIndex job = 0; job < load.jobs.size(); ++job) users.push_back(trials.may_try(job, 1, 0));
    return users;
  };
  const auto count = [](const std::vector<bool>& users) {
    return std::count(users.begin(), users.end(), true);
  };
  EXPECT_EQ(count(consenting(0, 1)), 0);
  EXPECT_EQ(count(consenting(1, 1)), 10'000);
  EXPECT_NEAR(static_cast<double>(count(consenting(.5, 1))), 5'000, 200);
  EXPECT_EQ(consenting(.5, 1), consenting(.5, 1));
  EXPECT_NE(consenting(.5, 1), consenting(.5, 2));
}

/// Trials of random workloads, most of them too long.
SchedulingPolicy short_trial_policy() {
  SchedulingPolicy policy = trial_policy();
  policy.trial = TrialPolicy{.length_s = 4, .start_cost_s = 1, .chance_min = 0, .user_day_max = 5};
  return policy;
}

TEST(TrialStarts, AreOneForAJobAndTheCapForAUser) {
  std::mt19937 random{5};  // NOLINT(cert-msc51-cpp): repeatable
  std::map<TrialOutcome, int> outcomes;
  for (int i = 0; i < 10 * kWorkloads; ++i) {
    const Workload load = random_workload(random);
    const SchedulingPolicy policy = short_trial_policy();
    const Schedule schedule = simulate(load, policy);
    std::set<JobIndex> tried;
    std::map<std::pair<std::uint32_t, std::int64_t>, int> of_day;
    for (const TrialRun& run : schedule.trials) {
      EXPECT_TRUE(tried.insert(run.job).second);
      EXPECT_LE((++of_day[{load.jobs[run.job].user, run.start_s / 86'400}]), 5);
      ++outcomes[run.outcome];
      const bool stays = run.outcome != TrialOutcome::requeued;
      EXPECT_EQ(stays, schedule.start_s[run.job] == run.start_s);
      EXPECT_EQ(run.held_s, stays ? 0 : 5);
      EXPECT_EQ(run.outcome == TrialOutcome::ended, stays && load.jobs[run.job].run_s <= 4);
    }
  }
  EXPECT_GT(outcomes[TrialOutcome::ended], 30);
  EXPECT_GT(outcomes[TrialOutcome::ran_on], 10);
  EXPECT_GT(outcomes[TrialOutcome::requeued], 100);
}

/// When the job has become the first by arrival, and the latest time at which it could then start: the
/// earliest planned end that leaves it room, where a job on trial leaves at the trial's end.
std::int64_t promised_beside_trials(const Workload& load, const Schedule& schedule, JobIndex head,
                                    const TrialPolicy& trial) {
  std::int64_t since = load.jobs[head].submit_s, free = load.procs;
  for (JobIndex i = 0; i < head; ++i) since = std::max(since, schedule.start_s[i]);
  std::multimap<std::int64_t, std::int32_t> ends;
  const auto take = [&](JobIndex job, std::int64_t planned_end_s) {
    free -= load.jobs[job].procs;
    ends.emplace(planned_end_s, load.jobs[job].procs);
  };
  std::map<JobIndex, std::int64_t> trial_end_s;
  for (const TrialRun& run : schedule.trials) {
    const std::int64_t hold_s = trial.length_s + trial.start_cost_s;
    const bool is_on_trial = run.start_s <= since && since < run.start_s + trial.length_s;
    if (is_on_trial && run.outcome != TrialOutcome::requeued) trial_end_s[run.job] = run.start_s + hold_s;
    if (run.outcome == TrialOutcome::requeued && run.start_s <= since && since < run.start_s + run.held_s)
      take(run.job, run.start_s + hold_s);
  }
  for (JobIndex i = 0; i < load.jobs.size(); ++i) {
    const bool runs = i != head && schedule.start_s[i] <= since && since <= schedule.end_s[i];
    const std::int64_t planned_end_s = schedule.start_s[i] + schedule.estimates[i].plan_s;
    if (runs && planned_end_s > since) take(i, trial_end_s.contains(i) ? trial_end_s[i] : planned_end_s);
  }
  std::int64_t latest = since;
  for (const auto& [end_s, procs] : ends) {
    if (end_s > latest && free >= load.jobs[head].procs) break;
    free += procs;
    latest = end_s;
  }
  return latest;
}

TEST(TrialStarts, NeverMoveTheHeadsPlannedStart) {
  const SchedulingPolicy policy = short_trial_policy();
  std::mt19937 random{11};  // NOLINT(cert-msc51-cpp): repeatable
  for (int i = 0; i < 20 * kWorkloads; ++i) {
    const Workload load = random_workload(random);
    const Schedule schedule = simulate(load, policy);
    for (JobIndex j = 0; j < load.jobs.size(); ++j)
      ASSERT_LE(schedule.start_s[j], promised_beside_trials(load, schedule, j, *policy.trial))
          << "workload " << i << ", job " << j;
  }
}

TEST(TrialStarts, AreOfThoseWhoConsentInThatRun) {
  // Seeds of an experiment draw other users; without jitter, one run has the options' seed.
  Workload load = hole_until_1000(50);
  SchedulingPolicy policy = trial_policy();
  policy.trial->consent = .5;
  std::set<std::uint64_t> started;
  for (std::uint64_t seed = 1; seed <= 20; ++seed)
    started.insert(run_experiment(load, {policy}, {.seed = seed})[0].metrics.trials.started);
  EXPECT_EQ(started, (std::set<std::uint64_t>{0, 1}));
}

}  // namespace foreshape
