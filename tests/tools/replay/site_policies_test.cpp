// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/replay/site_policies.h"

#include <gtest/gtest.h>

#include "tools/replay/site_holds.h"

namespace foreshape {
namespace {

SiteSettings settings_of(const std::string& parameters, const std::string& more_lines = "") {
  return parse_site_settings(
      "PriorityType            = priority/multifactor\n"
      "PriorityWeightAge       = 1000\n"
      "PriorityMaxAge          = 7-00:00:00\n"
      "SchedulerType           = sched/backfill\n"
      "SchedulerParameters     = " +
          parameters + "\n" + more_lines,
      "PartitionName=cpu MaxTime=3-00:00:00 OverSubscribe=NO\n");
}

}  // namespace

TEST(SitePolicies, AreTheSitesOwnAndEachLever) {
  const auto policies =
      site_policies(settings_of("bf_interval=60,bf_window=4000,bf_continue"), std::nullopt, std::nullopt);
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
  const auto policies = site_policies(settings_of("(null)"), order, std::nullopt);
  ASSERT_TRUE(policies) << policies.error().message;
  ASSERT_EQ(policies->all.size(), 2U);
  EXPECT_EQ(policies->all[1].name, "with Order=on as in foreshape.conf");
  EXPECT_FALSE(policies->all[1].renew_s);
}

TEST(SitePolicies, HaveTheSitesFairShareAndNoMoreThanThreeDaysOfItBesideTheOrder) {
  const auto none = site_policies(settings_of("(null)"), std::nullopt, std::nullopt);
  ASSERT_TRUE(none);
  for (const SchedulingPolicy& policy : none->all) EXPECT_FALSE(policy.fair_share);

  SiteSettings settings =
      settings_of("(null)",
                  "PriorityWeightFairShare = 2000\n"  // twice what seven days of waiting are worth
                  "PriorityDecayHalfLife   = 14-00:00:00\n"
                  "PriorityCalcPeriod      = 00:10:00\n"
                  "PriorityFlags           = ACCRUE_ALWAYS,NO_FAIR_TREE\n");
  const auto heavy = site_policies(settings, std::nullopt, std::nullopt);
  ASSERT_TRUE(heavy);
  ASSERT_TRUE(heavy->all[0].fair_share);
  const FairSharePolicy& present = *heavy->all[0].fair_share;
  EXPECT_DOUBLE_EQ(present.weight_s, 14 * 86'400);
  EXPECT_EQ(present.half_life_s, 14 * 86'400);
  EXPECT_EQ(present.calc_period_s, 600);
  EXPECT_FALSE(present.fair_tree);
  EXPECT_TRUE(present.by_account);
  ASSERT_TRUE(heavy->all[1].fair_share);
  EXPECT_DOUBLE_EQ(heavy->all[1].fair_share->weight_s, 3 * 86'400);
  EXPECT_EQ(heavy->all[1].name, "with Order=on, fair-share worth 3 days");

  settings.weight_fair_share = 100;
  const auto light = site_policies(settings, std::nullopt, std::nullopt);
  ASSERT_TRUE(light);
  EXPECT_DOUBLE_EQ(light->all[0].fair_share->weight_s, 60'480);
  EXPECT_DOUBLE_EQ(light->all[1].fair_share->weight_s, 60'480);
  EXPECT_EQ(light->all[1].name, "with Order=on");
}

TEST(SitePolicies, LetFairShareDecideAloneWhereWaitingIsWorthNothing) {
  SiteSettings settings = settings_of("(null)");
  settings.weight_age = 0;
  settings.weight_fair_share = 1;
  const auto policies = site_policies(settings, std::nullopt, std::nullopt);
  ASSERT_TRUE(policies);
  EXPECT_GT(policies->all[0].fair_share->weight_s, 10 * 366 * 86'400.0);
  settings.priority_type = "priority/basic";
  EXPECT_FALSE(site_policies(settings, std::nullopt, std::nullopt)->all[0].fair_share);
}

TEST(SitePolicies, HaveHoldsBesideTodaysSettingsAndBesideTheOrder) {
  HoldingPolicy hold;
  hold.idle_share_max = 0.02;
  const auto policies = site_policies(settings_of("bf_interval=60"), std::nullopt, hold);
  ASSERT_TRUE(policies);
  ASSERT_EQ(policies->all.size(), 5U);
  const SchedulingPolicy& alone = policies->all[3];
  EXPECT_EQ(alone.name, "with Hold=on");
  EXPECT_EQ(alone.order, Order::arrival) << "the site's own";
  EXPECT_EQ(alone.source, Source::kernel) << "holds need predictions";
  EXPECT_TRUE(alone.plan_requested) << "time limits are untouched";
  EXPECT_EQ(alone.slurm.interval_s, 60);
  const SchedulingPolicy& both = policies->all[4];
  EXPECT_EQ(both.name, "with Order=on and Hold=on");
  EXPECT_EQ(both.order, Order::static_key);
  for (const SchedulingPolicy* with : {&alone, &both}) {
    ASSERT_TRUE(with->hold);
    EXPECT_DOUBLE_EQ(with->hold->idle_share_max, 0.02);
  }
  for (const std::size_t without : {0U, 1U, 2U}) EXPECT_FALSE(policies->all[without].hold);
  const auto conf = site_policies(settings_of("(null)"), order_policy(OrderForm::log), hold);
  ASSERT_TRUE(conf);
  ASSERT_EQ(conf->all.size(), 4U);
  EXPECT_EQ(conf->all[3].name, "with Order=on and Hold=on as in foreshape.conf");
}

TEST(SiteHolds, AreThereWhereTheMachineAllowsThem) {
  SiteMachine machine;
  machine.nodes = 64;
  machine.cpus = 2'048;
  const SiteHolds whole = site_holds(machine, Sharing::whole_nodes, std::nullopt);
  ASSERT_TRUE(whole.policy);
  EXPECT_TRUE(whole.policy->rules.serves_everybody());
  EXPECT_EQ(whole.policy->rules.personal_nodes_max, 4U);
  EXPECT_EQ(site_holds(machine, Sharing::pool, std::nullopt).policy->rules.personal_nodes_max, 4U * 32)
      << "as many CPUs as four nodes have";
  const SiteHolds shared = site_holds(machine, Sharing::shared, std::nullopt);
  EXPECT_FALSE(shared.policy);
  EXPECT_NE(shared.omission.find("jobs share nodes"), std::string::npos);
  machine.cpus = 100'000;
  const SiteHolds large = site_holds(machine, Sharing::pool, std::nullopt);
  EXPECT_FALSE(large.policy);
  EXPECT_NE(large.omission.find("16,384 CPUs"), std::string::npos);
  EXPECT_TRUE(site_holds(machine, Sharing::whole_nodes, std::nullopt).policy);
}

TEST(SiteHolds, FollowTheSitesForeshapeConf) {
  SiteMachine machine;
  machine.nodes = 10;
  machine.cpus = 10;
  HoldPolicy rules;
  rules.idle_cap_node_s = 43'200;  // half a node of ten
  rules.window_s = 600;
  const SiteHolds pool_only = site_holds(machine, Sharing::whole_nodes, rules);
  ASSERT_TRUE(pool_only.policy);
  EXPECT_DOUBLE_EQ(pool_only.policy->idle_share_max, 0.05);
  EXPECT_EQ(pool_only.policy->rules.window_s, 600);
  EXPECT_TRUE(pool_only.policy->rules.users.empty()) << "no personal holds there";
  rules.users = {"alice"};
  const SiteHolds named = site_holds(machine, Sharing::whole_nodes, rules);
  EXPECT_TRUE(named.policy->rules.serves_everybody());
  EXPECT_NE(named.omission.find("HoldUsers"), std::string::npos);
}

TEST(SitePolicies, SayWhichParameterIsNone) {
  const auto policies = site_policies(settings_of("bf_interval=soon"), std::nullopt, std::nullopt);
  ASSERT_FALSE(policies);
  EXPECT_NE(policies.error().message.find("SchedulerParameters, as scontrol shows them: bf_interval: 'soon'"),
            std::string::npos)
      << policies.error().message;
}

}  // namespace foreshape
