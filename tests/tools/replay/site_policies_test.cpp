// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/replay/site_policies.h"

#include <gtest/gtest.h>

namespace foreshape {
namespace {

SiteSettings settings_of(const std::string& parameters) {
  return parse_site_settings(
      "PriorityType            = priority/multifactor\n"
      "PriorityWeightAge       = 1000\n"
      "PriorityMaxAge          = 7-00:00:00\n"
      "SchedulerType           = sched/backfill\n"
      "SchedulerParameters     = " +
          parameters + "\n",
      "PartitionName=cpu MaxTime=3-00:00:00 OverSubscribe=NO\n");
}

}  // namespace

TEST(SitePolicies, AreTheSitesOwnAndEachLever) {
  const auto policies = site_policies(settings_of("bf_interval=60,bf_window=4000,bf_continue"), std::nullopt);
  ASSERT_TRUE(policies) << policies.error().message;
  ASSERT_EQ(policies->all.size(), 3U);
  const SchedulingPolicy& present = policies->all[0];
  EXPECT_EQ(present.name, "Slurm as it is");
  EXPECT_EQ(present.order, Order::arrival);
  EXPECT_EQ(present.source, Source::requested);
  EXPECT_EQ(present.slurm.interval_s, 60);
  EXPECT_EQ(present.slurm.window_s, 240'000);
  EXPECT_FALSE(present.slurm.reserve_overdue_only);
  EXPECT_EQ(present.slurm.max_age_s, 7 * 86'400);
  for (std::size_t lever : {std::size_t{1}, std::size_t{2}}) {
    const SchedulingPolicy& with = policies->all[lever];
    EXPECT_EQ(with.order, Order::static_key);
    EXPECT_EQ(with.source, Source::kernel);
    EXPECT_TRUE(with.plan_requested) << "time limits are untouched";
    EXPECT_EQ(with.slurm.interval_s, 60) << "the site's own, where docs/order.md says nothing";
    EXPECT_EQ(with.slurm.window_s, 3 * 86'400) << "the longest limit";
    EXPECT_EQ(with.slurm.jobs_max, 1'000U);
    EXPECT_TRUE(with.slurm.reserve_overdue_only);
  }
  EXPECT_EQ(policies->all[1].static_key.form, OrderForm::log);
  EXPECT_EQ(policies->all[2].static_key.form, OrderForm::log_squared);
  EXPECT_EQ(policies->ignored_options, std::vector<std::string>{"bf_continue"});
}

TEST(SitePolicies, FollowTheSitesForeshapeConf) {
  OrderPolicy order = order_policy(OrderForm::log);
  order.renew_s = 0;
  const auto policies = site_policies(settings_of("(null)"), order);
  ASSERT_TRUE(policies) << policies.error().message;
  ASSERT_EQ(policies->all.size(), 2U);
  EXPECT_EQ(policies->all[1].name, "with Order=on as in foreshape.conf");
  EXPECT_FALSE(policies->all[1].renew_s);
}

TEST(SitePolicies, SayWhichParameterIsNone) {
  const auto policies = site_policies(settings_of("bf_interval=soon"), std::nullopt);
  ASSERT_FALSE(policies);
  EXPECT_NE(policies.error().message.find("SchedulerParameters, as scontrol shows them: bf_interval: 'soon'"),
            std::string::npos)
      << policies.error().message;
}

}  // namespace foreshape
