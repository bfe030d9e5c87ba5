// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/memory_recovery.h"

#include <csignal>
#include <cstring>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "slurm-plugin/slurm/job_record.h"
#include "slurm-plugin/slurm/slurm_release.h"

namespace foreshape {
namespace {

char kMarked[] = "foreshape=0000000000000abc foreshape_memory:1024M/4096M";
char kReturned[] = "foreshape=0000000000000abc foreshape_memory:1024M/4096M,returned (it was so)";
char kGrown[] = "foreshape=0000000000000abc foreshape_memory:2048M/4096M,was:1024M";
char kWhole[] = "foreshape=0000000000000abc foreshape_memory:4096M/4096M";
char kPlain[] = "foreshape=0000000000000abc";
char kHeldState[] = "job requeued in held state";

slurm_job_info_t shaped(std::uint32_t state) {
  slurm_job_info_t job;
  std::memset(&job, 0, sizeof job);
  job_id_of(job) = 7;
  job.user_id = 1021;
  job.job_state = state;
  job.batch_flag = 1;
  job.priority = 100;
  job.pn_min_memory = 1024;
  job.admin_comment = kMarked;
  job.end_time = 5000;
  return job;
}

slurm_job_info_t killed() {
  slurm_job_info_t job = shaped(JOB_FAILED);
  job.exit_code = SIGKILL;
  return job;
}

slurm_job_info_t held_after_requeue() {
  slurm_job_info_t job = shaped(JOB_PENDING);
  job.exit_code = SIGKILL;
  job.restart_cnt = 1;
  job.priority = 0;
  job.state_desc = kHeldState;
  return job;
}

std::vector<MemoryStep> due(MemoryRecovery& recovery, std::vector<slurm_job_info_t> jobs,
                            bool gives_back = false, UnixSeconds now_s = 5'010) {
  job_info_msg_t list;
  std::memset(&list, 0, sizeof list);
  list.last_update = now_s;
  list.record_count = static_cast<std::uint32_t>(jobs.size());
  list.job_array = jobs.data();
  return recovery.due(list, gives_back);
}

std::vector<MemoryStep> due(slurm_job_info_t job, bool gives_back = false) {
  MemoryRecovery recovery;
  return due(recovery, {job}, gives_back);
}

TEST(MemoryRecovery, QueuesAKilledJobAgainWithItsOwnRequest) {
  const auto steps = due(killed());
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(steps[0].job, 7U);
  EXPECT_TRUE(steps[0].requeue && steps[0].release && steps[0].was_killed);
  EXPECT_EQ(steps[0].mark.requested_mib, 4096);
  EXPECT_TRUE(memory_mark(steps[0].admin_comment)->is_returned);
  EXPECT_EQ(due(shaped(JOB_OOM)).size(), 1U) << "as cgroups have it";
  slurm_job_info_t by_a_step = shaped(JOB_FAILED);
  by_a_step.exit_code = 1U << 8U;
  by_a_step.derived_ec = 125;
  EXPECT_EQ(due(by_a_step).size(), 1U) << "srun's exit code is the script's";
}

TEST(MemoryRecovery, WaitsUntilSlurmdTakesTheNextRun) {
  MemoryRecovery recovery;
  EXPECT_TRUE(due(recovery, {killed()}, false, 5'002).empty());
  EXPECT_TRUE(recovery.wants_look()) << "though Slurm may have no change to tell of until then";
  EXPECT_EQ(due(recovery, {killed()}, false, 5'003).size(), 1U);
  EXPECT_FALSE(recovery.wants_look());
}

TEST(MemoryRecovery, HelpsWhoStartedInTheMomentOfAChangeThatSlurmThenRefused) {
  for (char* comment : {kGrown, kReturned}) {
    slurm_job_info_t job = killed();  // with 1024M, whatever the comment says
    job.admin_comment = comment;
    const auto steps = due(job);
    ASSERT_EQ(steps.size(), 1U) << comment;
    EXPECT_EQ(steps[0].mark.planned_mib, 1024);
    EXPECT_TRUE(steps[0].requeue);
  }
  slurm_job_info_t waiting = shaped(JOB_PENDING);
  waiting.admin_comment = kReturned;
  EXPECT_TRUE(due(waiting, true).empty()) << "its user wants it so";
}

TEST(MemoryRecovery, HelpsATaskOfAnArrayByTheNameThatIsItsAlone) {
  slurm_job_info_t task = killed();
  task.array_job_id = job_id_of(task);  // the last one has the number of the whole array
  task.array_task_id = 11;
  const auto steps = due(task);
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(steps[0].shown_id, std::to_string(job_id_of(task)) + "_11");
  EXPECT_TRUE(steps[0].requeue);
}

TEST(MemoryRecovery, LeavesAloneWhatIsNotOurs) {
  const struct {
    const char* why;
    void (*change)(slurm_job_info_t&);
  } cases[] = {
      {"never shaped", [](auto& job) { job.admin_comment = kPlain; }},
      {"no admin comment", [](auto& job) { job.admin_comment = nullptr; }},
      {"has its request again",
       [](auto& job) {
         job.admin_comment = kReturned;
         job.pn_min_memory = 4096;
       }},
      {"may be given less, and was not",
       [](auto& job) {
         job.admin_comment = kWhole;
         job.pn_min_memory = 4096;
       }},
      {"its user changed the memory", [](auto& job) { job.pn_min_memory = 2048; }},
      {"was queued again before, by whomever", [](auto& job) { job.restart_cnt = 1; }},
      {"failed by itself", [](auto& job) { job.exit_code = 1U << 8U; }},
      {"completed", [](auto& job) { job.job_state = JOB_COMPLETE; }},
      {"cancelled", [](auto& job) { job.job_state = JOB_CANCELLED; }},
      {"timed out", [](auto& job) { job.job_state = JOB_TIMEOUT; }},
      {"is still completing", [](auto& job) { job.job_state |= JOB_COMPLETING; }},
      {"runs", [](auto& job) { job.job_state = JOB_RUNNING; }},
      {"interactive", [](auto& job) { job.batch_flag = 0; }},
      {"a part of a het job", [](auto& job) { job.het_job_id = 7; }},
      {"part of a het job", [](auto& job) { job.het_job_id = 7; }},
  };
  for (const auto& c : cases) {
    slurm_job_info_t job = killed();
    c.change(job);
    EXPECT_TRUE(due(job).empty()) << c.why;
    EXPECT_TRUE(due(job, true).empty()) << c.why;
  }
}

TEST(MemoryRecovery, TakesOverAJobThatWasHeldWhenSlurmctldDied) {
  MemoryRecovery recovery;
  const auto steps = due(recovery, {held_after_requeue()});
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_TRUE(steps[0].release && steps[0].was_killed);
  EXPECT_FALSE(steps[0].requeue) << "it is queued already";
  EXPECT_EQ(due(recovery, {held_after_requeue()}).size(), 1U) << "Slurm has refused: once more";
  EXPECT_TRUE(due(recovery, {held_after_requeue()})[0].release);
}

TEST(MemoryRecovery, ReleasesNobodyElsesHold) {
  MemoryRecovery recovery;
  due(recovery, {});
  auto steps = due(recovery, {held_after_requeue()});
  ASSERT_EQ(steps.size(), 1U) << "its memory is given back all the same";
  EXPECT_FALSE(steps[0].release);

  slurm_job_info_t by_its_user = held_after_requeue();
  by_its_user.exit_code = 0;
  EXPECT_FALSE(due(by_its_user)[0].release);

  recovery.requeued(7);
  EXPECT_TRUE(due(recovery, {held_after_requeue()})[0].release);
  recovery.done(7);
  EXPECT_FALSE(due(recovery, {held_after_requeue()})[0].release);
}

TEST(MemoryRecovery, GivesBackWhatWaitsForASecondRunOrWhereMemoryIsEnforcedNoMore) {
  EXPECT_TRUE(due(shaped(JOB_PENDING)).empty());
  slurm_job_info_t preempted = shaped(JOB_PENDING);
  preempted.restart_cnt = 1;
  for (const auto& steps : {due(shaped(JOB_PENDING), true), due(preempted)}) {
    ASSERT_EQ(steps.size(), 1U);
    EXPECT_FALSE(steps[0].requeue || steps[0].release || steps[0].was_killed);
    EXPECT_NE(steps[0].admin_comment.find("has the 4096M requested again"), std::string::npos);
  }
  EXPECT_TRUE(due(shaped(JOB_RUNNING), true).empty());
}

TEST(MemoryRecovery, BoundsAPass) {
  MemoryRecovery recovery;
  std::vector<slurm_job_info_t> many;
  for (std::uint32_t i = 1; i <= 2 * MemoryRecovery::kMaxSteps; ++i) {
    many.push_back(killed());
    job_id_of(many.back()) = i;
  }
  EXPECT_EQ(due(recovery, many).size(), MemoryRecovery::kMaxSteps);
}

TEST(RequestedBy, HasWhatTheUserOfAShapedJobRequested) {
  EXPECT_EQ(requested_by(killed(), std::nullopt).memory_per_node_bytes, 4LL << 30);
  slurm_job_info_t changed = killed();
  changed.pn_min_memory = 2048;
  EXPECT_EQ(requested_by(changed, std::nullopt).memory_per_node_bytes, 2LL << 30);
}

}  // namespace
}  // namespace foreshape
