// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/trial/trial_choice.h"

#include <functional>
#include <gtest/gtest.h>
#include <vector>

#include "tests/slurm-plugin/trial/listed_jobs.h"

namespace foreshape {
namespace {

using test::list_of;
using test::listed_job;

constexpr UnixSeconds kNow_s = 1'764'300'000;

/// So many idle nodes of 8 cpus in partition main.
IdleCapacity idle(std::uint32_t count, std::uint32_t state = NODE_STATE_IDLE) {
  static char name[] = "n";
  static int32_t all[] = {0, 0, -1};
  std::vector<node_info_t> nodes(count);
  for (node_info_t& node : nodes) {
    std::memset(&node, 0, sizeof node);
    node.name = name;
    node.node_state = state;
    node.cpus = node.cpus_efctv = 8;
  }
  all[1] = static_cast<int32_t>(count) - 1;
  partition_info_t partition;
  std::memset(&partition, 0, sizeof partition);
  partition.name = test::main_partition;
  partition.state_up = PARTITION_UP;
  partition.node_inx = all;
  node_info_msg_t node_list;
  std::memset(&node_list, 0, sizeof node_list);
  node_list.record_count = count;
  node_list.node_array = nodes.data();
  partition_info_msg_t partitions;
  std::memset(&partitions, 0, sizeof partitions);
  partitions.record_count = 1;
  partitions.partition_array = &partition;
  return {node_list, partitions};
}

std::vector<JobId> chosen(TrialChoice& choice, std::vector<slurm_job_info_t> jobs, UnixSeconds now_s,
                          const IdleCapacity& room) {
  const job_info_msg_t list = list_of(jobs, now_s);
  const TrialLook look{.jobs = list,
                       .now_s = now_s,
                       .overdue_points = 1'000,
                       .passed_over_s = 45,
                       .may_try = [](const slurm_job_info_t&) { return true; }};
  std::vector<JobId> ids;
  for (const slurm_job_info_t* job : choice.due(look, TrialChoice::candidates(look), room))
    ids.push_back(job_id_of(*job));
  return ids;
}

/// Of a second look, when backfill has passed over them.
std::vector<JobId> chosen_in_the_end(const std::vector<slurm_job_info_t>& jobs, const IdleCapacity& room) {
  TrialChoice choice;
  EXPECT_TRUE(chosen(choice, jobs, kNow_s, room).empty()) << "backfill has not had its turn";
  return chosen(choice, jobs, kNow_s + 45, room);
}

TEST(TrialChoice, TakesWhoHasHadRoomSinceBackfillPassedOverIt) {
  EXPECT_EQ(chosen_in_the_end({listed_job(7, JOB_PENDING)}, idle(1)), std::vector<JobId>{7});
  TrialChoice choice;
  const std::vector jobs{listed_job(7, JOB_PENDING)};
  EXPECT_TRUE(chosen(choice, jobs, kNow_s, idle(1)).empty());
  EXPECT_TRUE(chosen(choice, jobs, kNow_s + 30, idle(0)).empty());
  EXPECT_TRUE(chosen(choice, jobs, kNow_s + 60, idle(1)).empty()) << "there was none in between";
  EXPECT_EQ(chosen(choice, jobs, kNow_s + 105, idle(1)).size(), 1U);
}

TEST(TrialChoice, IsNeverOneOfThese) {
  static char some[] = "afterany:5(unfulfilled)", buffer[] = "#BB", elsewhere[] = "elsewhere",
              off[] = "foreshape=off";
  const struct {
    const char* why;
    std::function<void(slurm_job_info_t&)> change;
  } cases[] = {
      {"it runs", [](auto& job) { job.job_state = JOB_RUNNING; }},
      {"held", [](auto& job) { job.priority = 0; }},
      {"overdue: it reserves", [](auto& job) { job.priority = 1'000; }},
      {"waits for another", [](auto& job) { job.dependency = some; }},
      {"stages data", [](auto& job) { job.burst_buffer = buffer; }},
      {"in a reservation", [](auto& job) { job.resv_name = elsewhere; }},
      {"begins later", [](auto& job) { job.state_reason = WAIT_TIME; }},
      {"over a limit of its account", [](auto& job) { job.state_reason = WAIT_ASSOC_JOB_LIMIT; }},
      {"--no-requeue", [](auto& job) { job.requeue = 0; }},
      {"has run before", [](auto& job) { job.restart_cnt = 1; }},
      {"--time-min", [](auto& job) { job.time_min = 30; }},
      {"--deadline", [](auto& job) { job.deadline = kNow_s; }},
      {"part of an array", [](auto& job) { job.array_job_id = 7; }},
      {"part of a het job", [](auto& job) { job.het_job_id = 7; }},
      {"interactive", [](auto& job) { job.batch_flag = 0; }},
      {"submitted as one that may not be tried", [](auto& job) { job.admin_comment = test::tagged; }},
      {"opted out since", [](auto& job) { job.comment = off; }},
      {"was on trial", [](auto& job) { job.admin_comment = test::on_trial; }},
      {"in another partition", [](auto& job) { job.partition = elsewhere; }},
      {"needs two nodes", [](auto& job) { job.num_nodes = 2; }},
  };
  for (const auto& c : cases) {
    slurm_job_info_t job = listed_job(7, JOB_PENDING);
    c.change(job);
    TrialChoice choice;
    EXPECT_TRUE(chosen(choice, {job}, kNow_s, idle(1)).empty());
    EXPECT_TRUE(chosen(choice, {job}, kNow_s + 45, idle(1)).empty()) << c.why;
  }
}

TEST(TrialChoice, LeavesOutWhomOthersWaitFor) {
  static char awaits[] = "afterok:8,afterany:7(unfulfilled)";
  slurm_job_info_t awaiting = listed_job(9, JOB_PENDING);
  awaiting.dependency = awaits;
  EXPECT_TRUE(
      chosen_in_the_end({listed_job(7, JOB_PENDING), listed_job(8, JOB_PENDING), awaiting}, idle(4)).empty());
}

TEST(TrialChoice, GoesByTheQueueAsFarAsThereIsRoomAndTakesFewAtOnce) {
  slurm_job_info_t first = listed_job(8, JOB_PENDING);
  first.priority = 200;
  first.num_cpus = 8;
  slurm_job_info_t second = listed_job(7, JOB_PENDING);
  second.num_cpus = 8;
  EXPECT_EQ(chosen_in_the_end({second, first}, idle(1)), std::vector<JobId>{8});
  EXPECT_EQ(chosen_in_the_end({second, first}, idle(2)), (std::vector<JobId>{8, 7}));
  second.num_cpus = 4;
  EXPECT_EQ(chosen_in_the_end({second}, idle(1, NODE_STATE_MIXED)), std::vector<JobId>{7})
      << "a part of a node";
  EXPECT_EQ(chosen_in_the_end(std::vector(20, second), idle(40)).size(), TrialChoice::kMaxChosen);
}

TEST(TrialChoice, PausesAfterAChoiceInVainAndLongerEachTime) {
  TrialChoice choice;
  const std::vector jobs{listed_job(7, JOB_PENDING)};
  UnixSeconds now_s = kNow_s;
  for (const UnixSeconds pause_s : {TrialChoice::kPause_s, 2 * TrialChoice::kPause_s}) {
    chosen(choice, jobs, now_s, idle(1));
    EXPECT_EQ(chosen(choice, jobs, now_s + 45, idle(1)).size(), 1U);
    choice.in_vain(7, now_s + 45);
    slurm_job_info_t not_yet = jobs[0];
    not_yet.admin_comment = test::on_trial;
    chosen(choice, {not_yet}, now_s + 45, idle(1));
    now_s += 45 + pause_s;
    EXPECT_TRUE(chosen(choice, jobs, now_s - 1, idle(1)).empty());
  }
}

TEST(IdleCapacityOfTrials, KnowsNoNodeThatIsReservedOrUnusable) {
  constexpr std::uint32_t kIdle = NODE_STATE_IDLE, kFull = NODE_STATE_ALLOCATED, kDown = NODE_STATE_DOWN;
  const std::initializer_list<std::uint32_t> states = {kIdle | static_cast<std::uint32_t>(NODE_STATE_RES),
                                                       kIdle | static_cast<std::uint32_t>(NODE_STATE_DRAIN),
                                                       kFull, kDown};
  for (const std::uint32_t state : states) {
    IdleCapacity room = idle(1, state);
    EXPECT_FALSE(room.take(listed_job(7, JOB_PENDING))) << state;
  }
}

}  // namespace
}  // namespace foreshape
