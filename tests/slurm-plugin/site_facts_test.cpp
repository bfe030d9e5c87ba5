#include "slurm-plugin/site_facts.h"

#include <cstring>
#include <gtest/gtest.h>

namespace foreshape {
namespace {

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

SiteFacts facts_for_order() {
  SiteFacts facts;
  facts.priority_type = "priority/multifactor";
  facts.priority_weight_age = 10'080;
  facts.priority_max_age_s = 7 * 86'400;
  facts.bf_min_prio_reserve = 10'080;
  return facts;
}

TEST(OrderScale, IsThatOfTheSitesAgeFactor) {
  const auto scale = facts_for_order().order_scale();
  ASSERT_TRUE(scale);
  EXPECT_EQ(scale->overdue_points, 10'080U);
  EXPECT_DOUBLE_EQ(scale->points_per_minute, 1.0);
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

  job.request.partition = text_hash("debug,main");  // Slurm chooses: nothing is known yet
  job.request.limit_s = std::nullopt;
  fill_defaults(job, facts);
  EXPECT_FALSE(job.request.limit_s);
}

}  // namespace
}  // namespace foreshape
