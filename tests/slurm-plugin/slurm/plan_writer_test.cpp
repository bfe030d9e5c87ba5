// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/plan_writer.h"

#include <functional>
#include <gtest/gtest.h>
#include <string>

#include "slurm-plugin/slurm/slurm_abi.h"
#include "tests/slurm-plugin/fake_host.h"

namespace foreshape {
namespace {

JobChanges everything() {
  JobChanges changes;
  changes.tag = 0xabc;
  changes.order_points = 9000;
  changes.advice = AdviceText("your last 20 jobs used less");
  return changes;
}

TEST(WriteChanges, WritesWhatWasDecided) {
  job_desc_msg_t job = blank_descriptor();
  char* message = nullptr;
  write_changes(everything(), job, &message);
  EXPECT_STREQ(job.admin_comment, "foreshape=0000000000000abc");
  EXPECT_EQ(job.site_factor, NICE_OFFSET + 9000U);
  EXPECT_STREQ(message, "foreshape: your last 20 jobs used less");
  free_written(job, &message);
}

TEST(WriteChanges, LeavesWhatOthersHaveSet) {
  job_desc_msg_t job = blank_descriptor();
  job.admin_comment = slurm_text("site");
  job.reservation = slurm_text("mine");
  job.site_factor = NICE_OFFSET + 5;
  char* message = slurm_text("from another plugin");
  write_changes(everything(), job, &message);
  EXPECT_STREQ(job.admin_comment, "site foreshape=0000000000000abc");
  EXPECT_STREQ(job.reservation, "mine");
  EXPECT_EQ(job.site_factor, NICE_OFFSET + 5U);
  EXPECT_STREQ(message, "from another plugin");
  free_written(job, &message);
}

TEST(WriteChanges, TakesAnEmptyTextForNone) {
  job_desc_msg_t job = blank_descriptor();
  job.admin_comment = slurm_text("");
  write_changes(everything(), job, nullptr);
  EXPECT_STREQ(job.admin_comment, "foreshape=0000000000000abc");
  free_written(job, nullptr);
}

TEST(WriteChanges, ChangesNothingWhereNothingWasDecided) {
  job_desc_msg_t job = blank_descriptor();
  char* message = nullptr;
  write_changes({}, job, &message);
  EXPECT_EQ(job.admin_comment, nullptr);
  EXPECT_EQ(job.reservation, nullptr);
  EXPECT_EQ(job.site_factor, NO_VAL);
  EXPECT_EQ(message, nullptr);
}

TEST(LeavesPlacementToSlurm, IsTrueWhereTheResourcePerTaskIsCpus) {
  job_desc_msg_t job = blank_descriptor();
  static char cpus[] = "cpu=4";
  job.tres_per_task = cpus;  // how clients from 23.11 on say -c 4
  EXPECT_TRUE(leaves_placement_to_slurm(job));
}

TEST(LeavesPlacementToSlurm, IsFalseForAnyWishOfTheUser) {
  EXPECT_TRUE(leaves_placement_to_slurm(blank_descriptor()));
  static char wish[] = "x";
  const std::function<void(job_desc_msg_t&)> wishes[] = {
      [](auto& j) { j.reservation = wish; },   [](auto& j) { j.req_nodes = wish; },
      [](auto& j) { j.exc_nodes = wish; },     [](auto& j) { j.features = wish; },
      [](auto& j) { j.clusters = wish; },      [](auto& j) { j.burst_buffer = wish; },
      [](auto& j) { j.tres_per_node = wish; }, [](auto& j) { j.begin_time = 99; },
      [](auto& j) { j.tres_per_task = wish; }, [](auto& j) { j.priority = 0; },
      [](auto& j) { j.het_job_offset = 0; },
  };
  for (const auto& make : wishes) {
    job_desc_msg_t job = blank_descriptor();
    make(job);
    EXPECT_FALSE(leaves_placement_to_slurm(job));
  }
}

}  // namespace
}  // namespace foreshape
