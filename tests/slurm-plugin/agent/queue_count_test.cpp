// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/queue_count.h"

#include <array>
#include <cstring>
#include <gtest/gtest.h>

namespace foreshape {
namespace {

/// A point a minute; a job with no points of its own is overdue after 100 minutes.
OrderScale scale(std::int64_t base_points) { return {100, 1.0, base_points}; }

TEST(QueueCount, CountsWhoWaitsAndWhoHasWaitedHisOffset) {
  constexpr UnixSeconds kNow_s = 1'000'000;
  std::array<slurm_job_info_t, 5> jobs;
  std::memset(jobs.data(), 0, sizeof jobs);
  const struct {
    std::uint32_t state, priority;
    std::int64_t waited_min;
  } given[] = {{JOB_PENDING, 100, 100},
               {JOB_PENDING, 9'999, 99},  // by other factors
               {JOB_PENDING, 0, 500},
               {JOB_RUNNING, 500, 500},
               {JOB_COMPLETE, 500, 500}};
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    jobs.at(i).job_state = given[i].state;
    jobs.at(i).priority = given[i].priority;
    jobs.at(i).accrue_time = kNow_s - 60 * given[i].waited_min;
  }
  job_info_msg_t list;
  std::memset(&list, 0, sizeof list);
  list.record_count = jobs.size();
  list.job_array = jobs.data();
  const auto overdue = [&](std::int64_t base_points) {
    return count_queue(list, scale(base_points), kNow_s).overdue;
  };
  EXPECT_EQ(count_queue(list, scale(0), kNow_s).waiting, 2U) << "a held job waits for nobody";
  EXPECT_EQ(overdue(0), 1U);
  EXPECT_EQ(overdue(1), 2U) << "the base counts";
  EXPECT_EQ(count_queue(list, std::nullopt, kNow_s).overdue, 0U);
  jobs[1].accrue_time = 0;
  EXPECT_EQ(overdue(1), 1U) << "it depends on another, and does not age";
  jobs[0].site_factor = NICE_OFFSET + 60;
  EXPECT_EQ(overdue(39), 1U) << "it has waited for the last point";
  EXPECT_EQ(overdue(40), 0U) << "it was born so";
  jobs[0].site_factor = NO_VAL;
  EXPECT_EQ(overdue(40), 1U) << "no site factor is none";
}

}  // namespace
}  // namespace foreshape
