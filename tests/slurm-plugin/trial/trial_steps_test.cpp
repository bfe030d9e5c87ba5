// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/trial/trial_steps.h"

#include <gtest/gtest.h>
#include <vector>

#include "tests/slurm-plugin/trial/listed_jobs.h"

namespace foreshape {
namespace {

using test::job_on_trial;
using test::list_of;
using Kind = TrialStep::Kind;

constexpr UnixSeconds kStart_s = 1'764'300'100;
constexpr std::uint32_t kOverdue_points = 10'000;

TrialTimes at(UnixSeconds now_s) {
  return {.now_s = now_s, .length_s = 120, .interval_s = 30, .wait_s = 90, .ends_waits = false};
}

/// A job that Slurm has promised n01 for then.
slurm_job_info_t promised(UnixSeconds start_s, std::uint32_t priority = kOverdue_points) {
  static char nodes[] = "n01";
  slurm_job_info_t job = test::listed_job(99, JOB_PENDING);
  job.priority = priority;
  job.start_time = start_s;
  job.sched_nodes = nodes;
  return job;
}

slurm_job_info_t running() {
  static char nodes[] = "n01,n02";
  slurm_job_info_t job = job_on_trial(7, JOB_RUNNING, kStart_s);
  job.nodes = nodes;
  return job;
}

std::vector<TrialStep> due(TrialSteps& steps, std::vector<slurm_job_info_t>& jobs, const TrialTimes& times) {
  const job_info_msg_t list = list_of(jobs, times.now_s);
  return steps.due(open_trials(list), PlannedStarts(list, kOverdue_points), times);
}

std::vector<Kind> kinds(std::vector<slurm_job_info_t> jobs, const TrialTimes& times) {
  TrialSteps steps;
  std::vector<Kind> found;
  for (const TrialStep& step : due(steps, jobs, times)) found.push_back(step.kind);
  return found;
}

TEST(TrialSteps, EndsATrialAtTheLastLookBeforeItsTimeIsOver) {
  EXPECT_TRUE(kinds({running(), promised(kStart_s + 600)}, at(kStart_s + 89)).empty());
  EXPECT_EQ(kinds({running(), promised(kStart_s + 600)}, at(kStart_s + 90)), std::vector{Kind::requeue});
}

TEST(TrialSteps, LetsItRunOnWhereNobodyIsPromisedItsNodesWithinItsLimit) {
  EXPECT_EQ(kinds({running()}, at(kStart_s + 10)), std::vector{Kind::run_whole});
  EXPECT_EQ(kinds({running(), promised(kStart_s + 3'600)}, at(kStart_s + 10)), std::vector{Kind::run_whole});
  EXPECT_TRUE(kinds({running(), promised(kStart_s + 3'599)}, at(kStart_s + 10)).empty());
  EXPECT_EQ(kinds({running(), promised(kStart_s + 600, kOverdue_points - 1)}, at(kStart_s + 10)),
            std::vector{Kind::run_whole})
      << "that one reserves nothing";
  EXPECT_TRUE(kinds({running(), promised(0)}, at(kStart_s + 10)).empty())
      << "backfill has not planned it yet";
  slurm_job_info_t no_nodes_yet = promised(0);
  no_nodes_yet.state_reason = WAIT_NODE_NOT_AVAIL;
  EXPECT_TRUE(kinds({running(), no_nodes_yet}, at(kStart_s + 10)).empty()) << "slurmctld has just started";
  slurm_job_info_t later = promised(0);
  later.state_reason = WAIT_TIME;
  EXPECT_EQ(kinds({running(), later}, at(kStart_s + 10)), std::vector{Kind::run_whole})
      << "it waits for no room";
}

TEST(TrialSteps, QueuesAgainOnceWhatSlurmHasEndedAtTheTrialsLimit) {
  slurm_job_info_t cut = job_on_trial(7, JOB_TIMEOUT, kStart_s);
  cut.end_time = kStart_s + 240;
  EXPECT_TRUE(kinds({cut}, at(kStart_s + 242)).empty()) << "its node has not settled";
  EXPECT_EQ(kinds({cut}, at(kStart_s + 243)), std::vector{Kind::requeue});
  cut.restart_cnt = 1;
  EXPECT_TRUE(kinds({cut}, at(kStart_s + 243)).empty());
  slurm_job_info_t own = test::listed_job(7, JOB_TIMEOUT);
  EXPECT_TRUE(kinds({own}, at(kStart_s + 243)).empty()) << "that was its own limit";
  EXPECT_TRUE(kinds({job_on_trial(7, JOB_COMPLETE, kStart_s)}, at(kStart_s + 243)).empty());
  EXPECT_TRUE(kinds({job_on_trial(7, JOB_CANCELLED, kStart_s)}, at(kStart_s + 243)).empty());
}

TEST(TrialSteps, GiveBackWhoIsInTheQueueAgainWhoeverHasPutItThere) {
  slurm_job_info_t back = job_on_trial(7, JOB_PENDING, 0);
  back.restart_cnt = 1;
  TrialSteps steps;
  std::vector<slurm_job_info_t> jobs{back};
  auto found = due(steps, jobs, at(kStart_s));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, Kind::give_back);
  EXPECT_FALSE(found[0].release) << "an administrator's hold stays";
  steps.requeued(7);
  found = due(steps, jobs, at(kStart_s));
  EXPECT_TRUE(found.at(0).release);
  steps.given_back(7);
  EXPECT_FALSE(due(steps, jobs, at(kStart_s)).at(0).release);
  jobs[0].job_state |= JOB_COMPLETING;
  EXPECT_TRUE(due(steps, jobs, at(kStart_s)).empty()) << "the run before is not yet gone";
}

TEST(TrialSteps, ReleaseAfterARestartWhomTheDeadSlurmctldLeftHeld) {
  static char held[] = "job requeued in held state";
  slurm_job_info_t back = job_on_trial(7, JOB_PENDING, 0);
  back.restart_cnt = 1;
  back.priority = 0;
  back.state_desc = held;
  TrialSteps steps;
  std::vector<slurm_job_info_t> jobs{back};
  EXPECT_TRUE(due(steps, jobs, at(kStart_s)).at(0).release);
}

TEST(TrialSteps, EndTheWaitThatIsInVainOrNoLongerWanted) {
  slurm_job_info_t waiting = test::listed_job(7, JOB_PENDING);
  waiting.admin_comment = test::on_trial;
  TrialSteps steps;
  std::vector<slurm_job_info_t> jobs{waiting};
  EXPECT_TRUE(due(steps, jobs, at(kStart_s)).empty());
  EXPECT_EQ(steps.open(), 1U);
  EXPECT_TRUE(due(steps, jobs, at(kStart_s + 90)).empty());
  EXPECT_EQ(due(steps, jobs, at(kStart_s + 91)).at(0).kind, Kind::end_wait);

  TrialTimes off = at(kStart_s);
  off.ends_waits = true;
  EXPECT_EQ(kinds({waiting}, off), std::vector{Kind::end_wait});
  slurm_job_info_t changed = waiting;
  changed.time_limit = 30;
  EXPECT_EQ(kinds({changed}, at(kStart_s)), std::vector{Kind::end_wait}) << "its user's new limit is its own";
}

TEST(TrialSteps, LeaveAloneWhomTheyHaveDoneWithAndWhoIsNoneOfOurs) {
  static char whole[] =
      "foreshape=0000000000000abc foreshape_trial:60m,since:1764300000,whole (ran as a trial start, runs on)";
  slurm_job_info_t done = running();
  done.admin_comment = whole;
  slurm_job_info_t array = running();
  array.array_job_id = 7;
  slurm_job_info_t interactive = running();
  interactive.batch_flag = 0;
  EXPECT_TRUE(
      kinds({done, array, interactive, test::listed_job(8, JOB_RUNNING)}, at(kStart_s + 200)).empty());
}

TEST(TrialSteps, TakeRequeuesFirstAndNoMoreThanTheyMayAtOnce) {
  std::vector<slurm_job_info_t> jobs;
  for (std::uint32_t i = 0; i < TrialSteps::kMaxSteps; ++i) {
    jobs.push_back(job_on_trial(100 + i, JOB_PENDING, 0));
    jobs.back().restart_cnt = 1;
  }
  jobs.push_back(running());
  jobs.push_back(promised(kStart_s + 600));
  const auto found = kinds(jobs, at(kStart_s + 200));
  EXPECT_EQ(found.size(), TrialSteps::kMaxSteps);
  EXPECT_EQ(found.at(0), Kind::requeue);
}

}  // namespace
}  // namespace foreshape
