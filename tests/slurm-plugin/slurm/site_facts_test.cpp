// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/site_facts.h"

#include <cstring>
#include <gtest/gtest.h>

#include "tests/slurm-plugin/order_site.h"

namespace foreshape {
namespace {

using test::facts_for_order;

TEST(OptionNumber, FindsANumberByItsWholeName) {
  const struct {
    const char* options;
    std::optional<std::uint32_t> want;
  } cases[] = {
      {"", std::nullopt},
      {"bf_min_prio_reserve=10080", 10080},
      {"bf_interval=2,BF_Min_Prio_Reserve=7,x", 7},
      {"xbf_min_prio_reserve=7", std::nullopt},
      {"bf_min_prio_reserve", std::nullopt},
      {"bf_min_prio_reserve=", std::nullopt},
      {"bf_min_prio_reserve=7x", std::nullopt},
      {"bf_min_prio_reserve_more=7", std::nullopt},
  };
  for (const auto& c : cases) EXPECT_EQ(option_number(c.options, "bf_min_prio_reserve"), c.want) << c.options;
}

TEST(OrderScale, IsThatOfTheSitesAgeFactor) {
  const auto scale = facts_for_order().order_scale();
  ASSERT_TRUE(scale);
  EXPECT_EQ(scale->overdue_points, 10'080U);
  EXPECT_DOUBLE_EQ(scale->points_per_minute, 1.0);
}

TEST(OrderScale, KnowsTheBaseThatEveryJobHas) {
  SiteFacts facts = facts_for_order();
  facts.priority_weight_partition = 7'200;
  EXPECT_FALSE(facts.order_scale()) << "before the partitions are known the base is not";
  facts.partitions = {{"debug", 1, false, 600, 0, 1}, {"main", 2, true, 3600, 0, 1}};
  EXPECT_EQ(facts.order_scale()->base_points, 7'200);
  facts.partitions[0].job_factor = 3;
  EXPECT_EQ(facts.order_scale()->base_points, 2'400) << "only what all have is a base";
  facts.norms_partition_factors = false;
  EXPECT_EQ(facts.order_scale()->base_points, 7'200)
      << "PriorityFlags=NO_NORMAL_PART: factor 1 is worth the weight";
  facts.norms_partition_factors = true;
  facts.partitions[1].job_factor = 0;
  EXPECT_EQ(facts.order_scale()->base_points, 0);
}

TEST(OrderScale, IsNoneWhereTheSitesPrioritiesCantCarryTheOrder) {
  SiteFacts facts = facts_for_order();
  facts.priority_type = "priority/basic";
  EXPECT_FALSE(facts.order_scale());
  facts = facts_for_order();
  facts.bf_min_prio_reserve = std::nullopt;
  EXPECT_FALSE(facts.order_scale());
  facts = facts_for_order();
  facts.priority_weight_age = 0;
  EXPECT_FALSE(facts.order_scale());
}

TEST(SiteFacts, ReadsASlurmConfWithoutTexts) {
  slurm_conf_t conf;
  std::memset(&conf, 0, sizeof conf);
  const SiteFacts facts = site_facts(conf);
  EXPECT_EQ(facts.slurm_conf_file, "");
  EXPECT_TRUE(facts.norms_partition_factors);
  conf.priority_flags = PRIORITY_FLAGS_NO_NORMAL_PART | PRIORITY_FLAGS_NO_NORMAL_QOS;
  EXPECT_FALSE(site_facts(conf).norms_partition_factors);
  EXPECT_FALSE(facts.order_scale());
}

TEST(FillDefaults, GivesAJobWhatSlurmWillGiveIt) {
  SiteFacts facts;
  facts.default_memory_mib = MEM_PER_CPU | 100;
  facts.partitions = {{"debug", text_hash("debug"), false, 600, 0},
                      {"main", text_hash("main"), true, 3600, 0}};
  SubmittedJob job;
  job.request.cpus = 4;
  fill_defaults(job, facts);
  EXPECT_EQ(job.partition.view(), "main");
  EXPECT_EQ(job.request.partition, text_hash("main"));
  EXPECT_EQ(job.request.limit_s, 3600);
  EXPECT_EQ(job.request.memory_per_node_bytes, 400LL << 20);
}

TEST(FillDefaults, KeepsWhatTheUserSaid) {
  SiteFacts facts;
  facts.default_memory_mib = 100;
  facts.partitions = {{"debug", text_hash("debug"), false, 600, 7},
                      {"main", text_hash("main"), true, 3600, 0}};
  SubmittedJob job;
  job.partition.assign("debug");
  job.request.partition = text_hash("debug");
  job.request.limit_s = 60;
  job.request.memory_per_node_bytes = 5;
  fill_defaults(job, facts);
  EXPECT_EQ(job.partition.view(), "debug");
  EXPECT_EQ(job.request.limit_s, 60);
  EXPECT_EQ(job.request.memory_per_node_bytes, 5);

  job.request.partition = text_hash("elsewhere");  // nothing is known of it
  job.request.limit_s = std::nullopt;
  fill_defaults(job, facts);
  EXPECT_FALSE(job.request.limit_s);
}

TEST(FillDefaults, GivesNothingToAJobThatSaidAllOrEndless) {
  SiteFacts facts;
  facts.default_memory_mib = 100;
  facts.partitions = {{"main", text_hash("main"), true, 3600, 0}};
  SubmittedJob job;
  job.says_limit = job.says_memory = true;
  fill_defaults(job, facts);
  EXPECT_FALSE(job.request.limit_s) << "-t UNLIMITED is not the partition's hour";
  EXPECT_FALSE(job.request.memory_per_node_bytes) << "--mem=0 is all of a node, not DefMemPerCPU";
  EXPECT_EQ(job.partitions.count, 1U);
}

}  // namespace
}  // namespace foreshape
