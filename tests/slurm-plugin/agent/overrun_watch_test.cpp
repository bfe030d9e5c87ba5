// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/overrun_watch.h"

#include <cstring>
#include <gtest/gtest.h>
#include <vector>

#include "slurm-plugin/slurm/slurm_release.h"

namespace foreshape {
namespace {

constexpr UnixSeconds kNow = 1'700'000'000;
constexpr UserId kUser = 1021;

slurm_job_info_t job(JobId id, std::uint32_t state, UnixSeconds start_s, UnixSeconds end_s) {
  slurm_job_info_t record;
  std::memset(&record, 0, sizeof record);
  job_id_of(record) = id;
  record.user_id = kUser;
  record.job_state = state;
  record.start_time = start_s;
  record.end_time = end_s;
  return record;
}

/// The user's factor where a run time of claim_s was predicted of every job.
float factor(OverrunWatch& watch, std::vector<slurm_job_info_t> jobs, float claim_s,
             UnixSeconds now_s = kNow) {
  job_info_msg_t list;
  std::memset(&list, 0, sizeof list);
  list.record_count = static_cast<std::uint32_t>(jobs.size());
  list.job_array = jobs.data();
  const auto claim_of = [claim_s](const slurm_job_info_t&) { return std::optional(claim_s); };
  return watch.look(list, claim_of, now_s).factor_of(kUser);
}

TEST(OverrunWatch, ChargesALongJobWhileItRuns) {
  OverrunWatch watch;
  std::vector<slurm_job_info_t> jobs;
  for (JobId id = 1; id <= 20; ++id) jobs.push_back(job(id, JOB_COMPLETE, kNow - 9'000, kNow - 8'999));
  EXPECT_EQ(factor(watch, jobs, 10), 1.0F) << "twenty empty jobs are no overrun";
  jobs.push_back(job(21, JOB_RUNNING, kNow - 3'600, kNow + 600'000));
  EXPECT_NEAR(factor(watch, jobs, 10), 5.2F, 0.1F) << "an hour where ten seconds were predicted";
  EXPECT_GT(factor(watch, jobs, 10, kNow + 86'400), 100.0F);
}

TEST(OverrunWatch, CountsAnEndedJobOnceAndForgivesItInDays) {
  OverrunWatch watch;
  const auto ended = job(1, JOB_TIMEOUT, kNow - 86'400, kNow);
  const float at_first = factor(watch, {ended}, 10);
  EXPECT_GT(at_first, 100.0F);
  EXPECT_FLOAT_EQ(factor(watch, {ended}, 10), at_first);
  EXPECT_NEAR(factor(watch, {}, 10, kNow + 86'400), at_first / 2, 2.0F);
  EXPECT_LT(factor(watch, {}, 10, kNow + 14 * 86'400), 1.1F);
}

TEST(OverrunWatch, HoldsNothingAgainstJobsThatRunAsPredicted) {
  OverrunWatch watch;
  EXPECT_EQ(factor(watch, {job(1, JOB_RUNNING, kNow - 3'000, kNow + 600)}, 3'600), 1.0F);
  EXPECT_EQ(factor(watch, {job(1, JOB_COMPLETE, kNow - 3'600, kNow)}, 3'600), 1.0F);
  EXPECT_EQ(factor(watch, {job(2, JOB_PENDING, 0, 0)}, 1), 1.0F);
}

TEST(OverrunWatch, DoesNotCountTheTimeThatAJobWasSuspended) {
  OverrunWatch watch;
  auto one = job(1, JOB_SUSPENDED, kNow - 86'400, kNow + 600);
  one.suspend_time = kNow - 86'000;
  one.pre_sus_time = 400;
  EXPECT_EQ(factor(watch, {one}, 400), 1.0F);
}

TEST(UserOverruns, AreOneForWhomNothingIsKnownOf) {
  const UserOverruns overruns({{7, 3.0F}, {5, 2.0F}});
  EXPECT_EQ(overruns.factor_of(5), 2.0F);
  EXPECT_EQ(overruns.factor_of(6), 1.0F);
  EXPECT_EQ(UserOverruns{}.factor_of(7), 1.0F);
}

}  // namespace
}  // namespace foreshape
