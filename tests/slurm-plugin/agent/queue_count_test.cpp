// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/queue_count.h"

#include <array>
#include <cstring>
#include <gtest/gtest.h>

namespace foreshape {
namespace {

TEST(QueueCount, CountsWhoWaitsAndWhoIsOverdue) {
  std::array<slurm_job_info_t, 5> jobs;
  std::memset(jobs.data(), 0, sizeof jobs);
  const std::array<std::pair<std::uint32_t, std::uint32_t>, 5> states = {
      {{JOB_PENDING, 100}, {JOB_PENDING, 99}, {JOB_PENDING, 0}, {JOB_RUNNING, 500}, {JOB_COMPLETE, 500}}};
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    jobs.at(i).job_state = states.at(i).first;
    jobs.at(i).priority = states.at(i).second;
  }
  job_info_msg_t list;
  std::memset(&list, 0, sizeof list);
  list.record_count = jobs.size();
  list.job_array = jobs.data();
  EXPECT_EQ(count_queue(list, 100, 0).waiting, 2U) << "a held job waits for nobody";
  EXPECT_EQ(count_queue(list, 100, 0).overdue, 1U);
  EXPECT_EQ(count_queue(list, std::nullopt, 0).overdue, 0U);
  jobs[0].site_factor = NICE_OFFSET + 60;
  EXPECT_EQ(count_queue(list, 100, 39).overdue, 1U) << "it has waited for the last point";
  EXPECT_EQ(count_queue(list, 100, 40).overdue, 0U) << "it was born so";
  jobs[0].site_factor = NO_VAL;
  EXPECT_EQ(count_queue(list, 100, 40).overdue, 1U) << "no site factor is none";
}

}  // namespace
}  // namespace foreshape
