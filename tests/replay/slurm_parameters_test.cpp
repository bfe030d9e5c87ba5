// SPDX-License-Identifier: GPL-2.0-or-later
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
  EXPECT_EQ(read->min_prio_reserve, 10'080);
  EXPECT_TRUE(read->ignored.empty());
}

TEST(ParseSchedulerParameters, LeavesTheRestAsItWasAndNamesWhatItDoesNotImitate) {
  SlurmLoop base;
  base.jobs_max = 5'000;
  const auto read = parse_scheduler_parameters(",bf_continue,,sched_interval=30", base);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->loop.jobs_max, 5'000U);
  EXPECT_EQ(read->loop.interval_s, SlurmLoop{}.interval_s);
  EXPECT_FALSE(read->min_prio_reserve);
  EXPECT_EQ(read->ignored, (std::vector<std::string>{"bf_continue", "sched_interval=30"}));
}

TEST(FollowPriorities, TurnsPointsIntoSecondsOfWaiting) {
  constexpr std::int64_t kWeek = 604'800;
  const struct {
    const char* why;
    const char* policy;
    std::optional<std::int64_t> points;
    double points_per_minute;
    bool reserves_late;
    std::int64_t reserve_after_s, max_offset_s;
  } cases[] = {
      {"no key: a job reserves when its age is worth the points", "slurm", 1'440, 1, true, 86'400, kWeek},
      {"a steeper slope reaches them sooner", "slurm", 1'440, 10, true, 8'640, kWeek},
      {"0 points: everybody reserves", "slurm-key", 0, 1, false, 0, 0},
      {"not named: as the policy has it", "slurm-key", std::nullopt, 1, true, 0, kWeek},
      {"a key: when it waited its offset", "slurm-key", 10'080, 1, true, 0, kWeek},
      {"too few points for the largest offset cut it", "slurm-key", 1'440, 1, true, 0, 86'400},
      {"so does a slope that is too steep", "slurm-key-wide", 10'080, 7, true, 0, 86'400},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    SchedulingPolicy policy = *find_policy(c.policy);
    follow_priorities(policy, c.points, {c.points_per_minute, 3'600});
    EXPECT_EQ(policy.slurm.max_age_s, 3'600);
    EXPECT_EQ(policy.slurm.reserve_overdue_only, c.reserves_late);
    EXPECT_EQ(policy.slurm.reserve_after_s, c.reserve_after_s);
    EXPECT_EQ(policy.static_key.max_offset_s, c.max_offset_s);
  }
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
