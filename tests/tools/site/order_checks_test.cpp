// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/site/order_checks.h"

#include <gtest/gtest.h>

namespace foreshape {
namespace {

/// As `scontrol show config` prints a site that is ready for Order=on with its defaults.
constexpr const char* kConfig =
    "Configuration data as of 2026-11-22T02:00:00\n"
    "AccountingStorageType   = accounting_storage/slurmdbd\n"
    "JobSubmitPlugins        = lua,foreshape\n"
    "PriorityMaxAge          = 7-00:00:00\n"
    "PriorityType            = priority/multifactor\n"
    "PriorityWeightAge       = 10080\n"
    "PriorityWeightFairShare = 0\n"
    "PriorityWeightPartition = 7200\n"
    "PriorityWeightTRES      = (null)\n"
    "SchedulerParameters     = bf_interval=30,BF_Min_Prio_Reserve=10080,bf_window=10080,"
    "partition_job_depth=100\n"
    "SchedulerType           = sched/backfill\n"
    "\n"
    "Slurmctld(primary) at head is UP\n";
constexpr const char* kPartitions =
    "PartitionName=main AllowGroups=ALL DefaultTime=01:00:00 MaxTime=7-00:00:00 State=UP\n"
    "PartitionName=debug AllowGroups=ALL DefaultTime=NONE MaxTime=30:00 State=UP\n";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

}  // namespace

TEST(ParseSiteSettings, ReadsWhatScontrolPrints) {
  const SiteSettings site = parse_site_settings(kConfig, kPartitions);
  EXPECT_EQ(site.job_submit_plugins, "lua,foreshape");
  EXPECT_EQ(site.weight_age, 10'080);
  EXPECT_EQ(site.max_age_s, 604'800);
  EXPECT_EQ(site.longest_limit_s, 604'800);
  EXPECT_TRUE(site.partitions_known);
  EXPECT_TRUE(site.other_weights.empty());
}

TEST(OrderChecks, AreFineAtASiteThatIsReady) {
  const auto checks = order_checks(parse_site_settings(kConfig, kPartitions), OrderPolicy{});
  for (const Check& check : checks) EXPECT_EQ(check.state, Check::State::fine) << check.found << check.cure;
  EXPECT_EQ(checks.size(), 10U);
}

TEST(OrderChecks, SayExactlyWhatToChange) {
  const struct {
    const char* from;
    const char* to;
    const char* want;
  } cases[] = {
      {"priority/multifactor", "priority/basic",
       "  CHANGE  PriorityType=priority/basic: set PriorityType=priority/multifactor"},
      {"PriorityMaxAge          = 7-00:00:00", "PriorityMaxAge = 3-00:00:00",
       "  CHANGE  PriorityMaxAge=3d: set PriorityMaxAge to at least 7d"},
      {"PriorityWeightAge       = 10080", "PriorityWeightAge = 1000",
       "  CHANGE  PriorityWeightAge=1000 (0.0992 points a minute): set PriorityWeightAge=10080"},
      {"PriorityWeightAge       = 10080", "PriorityWeightAge = 0",
       "  CHANGE  PriorityWeightAge=0 (0 points a minute): set PriorityWeightAge=10080"},
      {"PriorityWeightAge       = 10080", "PriorityWeightAge = 20160",
       "  CHANGE  bf_min_prio_reserve=10080: add bf_min_prio_reserve=20160 to SchedulerParameters"},
      {"BF_Min_Prio_Reserve=10080,", "",
       "  CHANGE  bf_min_prio_reserve is not set: add bf_min_prio_reserve=10080 to SchedulerParameters"},
      {"Reserve=10080,", "Reserve=10079,",
       "  CHANGE  bf_min_prio_reserve=10079: add bf_min_prio_reserve=10080"},
      {",bf_window=10080", "", "  CHANGE  bf_window=1440: set bf_window=10080 in SchedulerParameters"},
      {"bf_interval=30", "bf_max_job_test=100", "  CHANGE  bf_max_job_test=100: set bf_max_job_test=500"},
      {",partition_job_depth=100", "",
       "  CHANGE  partition_job_depth is not set: set partition_job_depth=100 in SchedulerParameters"},
      {"depth=100", "depth=20000", "  CHANGE  partition_job_depth=20000: set partition_job_depth=100"},
      {"sched/backfill", "sched/builtin",
       "  CHANGE  SchedulerType=sched/builtin: set SchedulerType=sched/backfill"},
      {"lua,foreshape", "(null)", "  CHANGE  JobSubmitPlugins=: add foreshape to JobSubmitPlugins"},
      {"FairShare = 0", "FairShare = 4000",
       "  NOTE    PriorityWeightFairShare=4000: worth up to 67 h of waiting, added to the order"},
      {"FairShare = 0", "FairShare = 10080", "  NOTE    PriorityWeightFairShare=10080: worth up to 168 h"},
      {"FairShare = 0", "FairShare = 100000",
       "  CHANGE  PriorityWeightFairShare=100000: worth up to 1667 h of waiting, where Order moves a job by "
       "168 h at most: change PriorityWeightAge, PriorityWeightPartition and bf_min_prio_reserve together"},
      {"FairShare = 0", "JobSize = 100000",
       "  CHANGE  PriorityWeightJobSize=100000: worth up to 1667 h of waiting, where Order moves a job by "
       "168 h at "
       "most: set PriorityWeightJobSize=4320 or less"},
      {"FairShare = 0", "QOS = 100000",
       "  NOTE    PriorityWeightQOS=100000: worth up to 1667 h of waiting, where Order moves a job by 168 h "
       "at "
       "most: right for jobs that are to go ahead of all others, otherwise set PriorityWeightQOS=4320"},
      {"Partition = 7200", "Partition = 0",
       "  CHANGE  PriorityWeightPartition=0: set PriorityWeightPartition=7200"},
      {"Partition = 7200", "Partition = 20000",
       "  CHANGE  PriorityWeightPartition=20000: set PriorityWeightPartition=7200"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.want);
    const auto site = parse_site_settings(replaced(kConfig, c.from, c.to), kPartitions);
    const auto checks = order_checks(site, OrderPolicy{});
    EXPECT_NE(checks_text(checks).find(c.want), std::string::npos) << checks_text(checks);
    EXPECT_EQ(all_fine(checks), std::string(c.want).find("CHANGE") == std::string::npos);
  }
}

TEST(OrderChecks, GiveTheLinesWithWhichFairShareIsWorthThreeDays) {
  const struct {
    OrderForm form;
    const char *max_age, *age, *partition, *reserve;
  } cases[] = {{OrderForm::log, "7-00:00:00", "233334", "166667", "233334"},
               {OrderForm::log_squared, "14-00:00:00", "466667", "400000", "466667"}};
  for (const auto& c : cases) {
    std::string config = replaced(kConfig, "FairShare = 0", "FairShare = 100000");
    config = replaced(config, "7-00:00:00", c.max_age);
    const std::string text =
        checks_text(order_checks(parse_site_settings(config, kPartitions), order_policy(c.form)));
    for (const std::string& want :
         {std::string("set PriorityWeightAge=") + c.age + ", 23.1 points for each minute",
          std::string("set PriorityWeightPartition=") + c.partition + " ",
          std::string("add bf_min_prio_reserve=") + c.reserve + " "})
      EXPECT_NE(text.find(want), std::string::npos) << want << "\n" << text;
    config = replaced(config, "PriorityWeightAge       = 10080", std::string("PriorityWeightAge = ") + c.age);
    config = replaced(config, "Partition = 7200", std::string("Partition = ") + c.partition);
    config = replaced(config, "Reserve=10080", std::string("Reserve=") + c.reserve);
    const auto followed = order_checks(parse_site_settings(config, kPartitions), order_policy(c.form));
    EXPECT_TRUE(all_fine(followed)) << checks_text(followed);
    EXPECT_NE(checks_text(followed).find("PriorityWeightFairShare=100000: worth up to 72 h"),
              std::string::npos);
  }
}

TEST(OrderChecks, FollowTheFormOfTheOffset) {
  const OrderPolicy squared = order_policy(OrderForm::log_squared);
  const std::string text = checks_text(order_checks(parse_site_settings(kConfig, kPartitions), squared));
  for (const char* want : {"set PriorityMaxAge to at least 14d", "add bf_min_prio_reserve=20160",
                           "set PriorityWeightPartition=17280"})
    EXPECT_NE(text.find(want), std::string::npos) << want << "\n" << text;
  std::string ready = replaced(kConfig, "7-00:00:00", "14-00:00:00");
  ready = replaced(ready, "PriorityWeightAge       = 10080", "PriorityWeightAge = 20160");
  ready = replaced(ready, "BF_Min_Prio_Reserve=10080", "bf_min_prio_reserve=20160");
  ready = replaced(ready, "Partition = 7200", "Partition = 17280");
  EXPECT_TRUE(all_fine(order_checks(parse_site_settings(ready, kPartitions), squared)));
}

TEST(OrderChecks, FollowNoNormalPart) {
  const std::string partitions =
      replaced(kPartitions, "PartitionName=debug", "PartitionName=debug PriorityJobFactor=2");
  EXPECT_FALSE(all_fine(order_checks(parse_site_settings(kConfig, partitions), order_policy(OrderForm::log))))
      << "Slurm halves the weight for the partition with the factor 1";
  const std::string config =
      std::string("PriorityFlags           = SMALL_RELATIVE_TO_TIME,NO_NORMAL_PART\n") + kConfig;
  EXPECT_TRUE(all_fine(order_checks(parse_site_settings(config, partitions), order_policy(OrderForm::log))));
}

TEST(OrderChecks, NeedALimitOfEveryPartition) {
  const auto site = parse_site_settings(kConfig, replaced(kPartitions, "MaxTime=30:00", "MaxTime=UNLIMITED"));
  const std::string text = checks_text(order_checks(site, OrderPolicy{}));
  EXPECT_NE(
      text.find("NOTE    bf_window=10080: no window is long enough for a partition without MaxTime: debug"),
      std::string::npos)
      << text;
}

TEST(OrderChecks, HoldForSettingsOfAnyNonsense) {
  EXPECT_FALSE(all_fine(order_checks(parse_site_settings("", ""), OrderPolicy{})));
  EXPECT_FALSE(all_fine(order_checks(
      parse_site_settings("PriorityWeightAge = -5\nPriorityMaxAge = x\n = \n=", "MaxTime"), OrderPolicy{})));
}

}  // namespace foreshape
