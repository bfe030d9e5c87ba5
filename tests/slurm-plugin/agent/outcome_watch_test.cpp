// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/outcome_watch.h"

#include <cstring>
#include <gtest/gtest.h>
#include <vector>

#include "predictor/base/token_tag.h"
#include "slurm-plugin/slurm/slurm_release.h"

namespace foreshape {
namespace {

slurm_job_info_t record(std::uint32_t id, std::uint32_t state, time_t start, time_t end) {
  slurm_job_info_t job;
  std::memset(&job, 0, sizeof job);
  job_id_of(job) = id;
  job.job_state = state;
  job.user_id = 1021;
  job.submit_time = 1000;
  job.start_time = start;
  job.end_time = end;
  job.num_cpus = 4;
  job.num_nodes = 1;
  job.time_limit = 60;
  job.pn_min_memory = MEM_PER_CPU | 100;
  return job;
}

std::vector<OutcomeEvent> look(OutcomeWatch& watch, std::vector<slurm_job_info_t> jobs,
                               const RequestMemory& requests) {
  job_info_msg_t list;
  std::memset(&list, 0, sizeof list);
  list.record_count = static_cast<std::uint32_t>(jobs.size());
  list.job_array = jobs.data();
  return watch.newly_finished(list, requests);
}

TEST(OutcomeWatch, ReportsEachEndOnce) {
  const RequestMemory requests(16);
  OutcomeWatch watch;
  EXPECT_TRUE(
      look(watch, {record(1, JOB_RUNNING, 1100, 5000), record(2, JOB_PENDING, 0, 0)}, requests).empty());
  const auto first = look(watch, {record(1, JOB_COMPLETE | JOB_COMPLETING, 1100, 1400)}, requests);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].job_id, 1U);
  EXPECT_EQ(first[0].state, JobState::completed);
  EXPECT_EQ(first[0].run_s, 300);
  EXPECT_EQ(first[0].requested->limit_s, 3600);
  EXPECT_EQ(first[0].requested->memory_per_node_bytes, 400LL << 20);
  EXPECT_TRUE(look(watch, {record(1, JOB_COMPLETE, 1100, 1400)}, requests).empty());
}

TEST(OutcomeWatch, DoesNotReportWhatWasKnownFromBeforeARestart) {
  const RequestMemory requests(16);
  OutcomeWatch watch;
  watch.know({.job_id = 1, .end_s = 1400});
  const auto found =
      look(watch, {record(1, JOB_COMPLETE, 1100, 1400), record(2, JOB_COMPLETE, 1100, 1400)}, requests);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].job_id, 2U);
}

TEST(OutcomeWatch, ReportsTheNextRunOfARequeuedJob) {
  const RequestMemory requests(16);
  OutcomeWatch watch;
  EXPECT_EQ(look(watch, {record(1, JOB_NODE_FAIL, 1100, 1400)}, requests).size(), 1U);
  EXPECT_TRUE(look(watch, {record(1, JOB_PENDING, 0, 0)}, requests).empty());
  EXPECT_EQ(look(watch, {record(1, JOB_COMPLETE, 1500, 1600)}, requests).size(), 1U);
}

TEST(OutcomeWatch, GivesNoRunTimeToAJobThatNeverRan) {
  const RequestMemory requests(16);
  OutcomeWatch watch;
  const auto jobs =
      look(watch, {record(1, JOB_CANCELLED, 0, 1400), record(2, JOB_CANCELLED, 9000, 1400)}, requests);
  ASSERT_EQ(jobs.size(), 2U);
  for (const OutcomeEvent& job : jobs) {
    EXPECT_EQ(job.start_s, 0);
    EXPECT_EQ(job.run_s, 0);
  }
}

TEST(OutcomeWatch, KnowsTheRequestByItsToken) {
  RequestMemory requests(16);
  JobRequest requested;
  requested.script = 777;
  requests.remember(0x1234, requested);
  slurm_job_info_t job = record(1, JOB_OOM, 1100, 1400);
  TokenTag tag = token_tag(0x1234);
  job.admin_comment = tag.data();
  OutcomeWatch watch;
  const auto found = look(watch, {job}, requests);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].token, 0x1234U);
  EXPECT_EQ(found[0].state, JobState::out_of_memory);
  EXPECT_EQ(found[0].requested->script, 777U);
  EXPECT_EQ(found[0].requested->uid, 1021U);
}

job_info_msg_t list_of(std::vector<slurm_job_info_t>& jobs) {
  job_info_msg_t list;
  std::memset(&list, 0, sizeof list);
  list.record_count = static_cast<std::uint32_t>(jobs.size());
  list.job_array = jobs.data();
  return list;
}

TEST(OutcomeWatch, KeepsATokenThatALaterCommentReplaces) {
  RecentSubmissions recent(16);
  OutcomeWatch watch;
  TokenTag tag = token_tag(0x1234);
  static char site[] = "checked by the prolog";
  std::vector<slurm_job_info_t> jobs = {record(1, JOB_PENDING, 0, 0)};
  jobs[0].admin_comment = tag.data();
  watch.identify(list_of(jobs), recent, 900);
  jobs[0] = record(1, JOB_COMPLETE, 1100, 1400);
  jobs[0].admin_comment = site;
  const auto list = list_of(jobs);
  watch.identify(list, recent, 900);
  const auto found = watch.newly_finished(list, RequestMemory(16));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].token, 0x1234U);
  EXPECT_EQ(watch.unmatched(), 0U);
}

TEST(OutcomeWatch, FindsASubmissionByUserNameAndSecondWhereTheCommentWasReplacedAtOnce) {
  RecentSubmissions recent(16);
  JobRequest requested;
  requested.uid = 1021;
  requested.submit_s = 999;  // a second before Slurm wrote its own time down
  recent.remember(7, requested);
  recent.remember(8, requested);
  OutcomeWatch watch;
  TokenTag tag = token_tag(8);
  std::vector<slurm_job_info_t> jobs = {record(1, JOB_COMPLETE, 1100, 1400),
                                        record(2, JOB_COMPLETE, 1100, 1400),
                                        record(3, JOB_COMPLETE, 1100, 1400)};
  jobs[1].admin_comment = tag.data();
  const auto list = list_of(jobs);
  watch.identify(list, recent, 900);
  const auto found = watch.newly_finished(list, RequestMemory(16));
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].token, 7U);
  EXPECT_EQ(found[1].token, 8U);
  EXPECT_EQ(found[2].token, 0U) << "both are taken";
  EXPECT_EQ(watch.unmatched(), 1U);
}

TEST(OutcomeWatch, TakesNoTokenForAJobFromBeforeTheStart) {
  RecentSubmissions recent(16);
  JobRequest requested;
  requested.uid = 1021;
  requested.submit_s = 1000;
  recent.remember(7, requested);
  OutcomeWatch watch;
  std::vector<slurm_job_info_t> jobs = {record(1, JOB_COMPLETE, 1100, 1400)};
  const auto list = list_of(jobs);
  watch.identify(list, recent, 1001);
  EXPECT_EQ(watch.newly_finished(list, RequestMemory(16))[0].token, 0U);
  EXPECT_EQ(watch.unmatched(), 0U);
}

TEST(RequestMemory, ForgetsTheOldestFirst) {
  RequestMemory requests(2);
  JobRequest requested;
  for (SubmissionToken token = 1; token <= 3; ++token) {
    requested.uid = static_cast<UserId>(token);
    requests.remember(token, requested);
  }
  EXPECT_FALSE(requests.find(1));
  EXPECT_EQ(requests.find(2)->uid, 2U);
  EXPECT_EQ(requests.find(3)->uid, 3U);
  EXPECT_FALSE(requests.find(0));
}

}  // namespace
}  // namespace foreshape
