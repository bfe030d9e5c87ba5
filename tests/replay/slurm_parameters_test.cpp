#include "replay/slurm_parameters.h"

#include <gtest/gtest.h>

namespace foreshape {
namespace {

TEST(ParseSchedulerParameters, TakesWhatTheSiteHasInSlurmConf) {
  const auto read = parse_scheduler_parameters(
      "bf_interval=60,BF_WINDOW=10080,bf_resolution=300,bf_max_job_test=2000,bf_min_age_reserve=600,"
      "bf_window_linear=45,default_queue_depth=250,bf_min_prio_reserve=10080",
      {});
  ASSERT_TRUE(read) << read.error().message;
  const SlurmLoop& s = read->loop;
  EXPECT_EQ(s.interval_s, 60);
  EXPECT_EQ(s.window_s, 10'080 * 60);
  EXPECT_EQ(s.resolution_s, 300);
  EXPECT_EQ(s.jobs_max, 2'000U);
  EXPECT_EQ(s.min_age_reserve_s, 600);
  EXPECT_EQ(s.window_linear_s, 45);
  EXPECT_EQ(s.main_depth, 250U);
  EXPECT_TRUE(s.reserve_overdue_only);
  EXPECT_TRUE(read->ignored.empty());
}

TEST(ParseSchedulerParameters, LeavesTheRestAsItWasAndNamesWhatItDoesNotImitate) {
  SlurmLoop base;
  base.jobs_max = 5'000;
  base.reserve_overdue_only = true;
  const auto read = parse_scheduler_parameters(",bf_continue,,bf_min_prio_reserve=0,sched_interval=30", base);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->loop.jobs_max, 5'000U);
  EXPECT_EQ(read->loop.interval_s, SlurmLoop{}.interval_s);
  EXPECT_FALSE(read->loop.reserve_overdue_only);
  EXPECT_EQ(read->ignored, (std::vector<std::string>{"bf_continue", "sched_interval=30"}));
}

TEST(ParseSchedulerParameters, RefusesWhatSlurmWouldRefuse) {
  for (const char* text : {"bf_interval=0", "bf_interval=10801", "bf_interval", "bf_interval=",
                           "bf_window=-1", "bf_resolution=60s", "bf_max_job_test=99999999999999999999"}) {
    const auto read = parse_scheduler_parameters(text, {});
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, ErrorCode::invalid_input);
    EXPECT_NE(read.error().message.find("bf_"), std::string::npos) << read.error().message;
  }
}

}  // namespace
}  // namespace foreshape
