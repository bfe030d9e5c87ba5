// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/replay/site_machine.h"

#include <gtest/gtest.h>

#include "tools/replay/site_omissions.h"

namespace foreshape {
namespace {

/// As `scontrol show node --oneliner` prints a node, shortened.
std::string node(const std::string& name, int cpus, int memory, const std::string& partitions,
                 const std::string& state = "IDLE", const std::string& gres = "(null)") {
  return "NodeName=" + name + " Arch=x86_64 CoresPerSocket=1  CPUAlloc=0 CPUEfctv=" + std::to_string(cpus) +
         " CPUTot=64 CPULoad=0.00 AvailableFeatures=(null) Gres=" + gres +
         " OS=Linux 6.1 #1 SMP RealMemory=" + std::to_string(memory) + " AllocMem=0 State=" + state +
         " ThreadsPerCore=1 Partitions=" + partitions + " Comment=CPUEfctv=9 Reason=NodeName=x State=DOWN\n";
}

SiteSettings settings_of(const std::string& select, const std::string& parameters,
                         const std::string& sharing) {
  return parse_site_settings(
      "SelectType              = " + select + "\nSelectTypeParameters    = " + parameters + "\n",
      "PartitionName=cpu MaxTime=2-00:00:00 OverSubscribe=" + sharing + "\n");
}

}  // namespace

TEST(ParseSiteMachine, EqualNodesAreACluster) {
  const auto machine =
      parse_site_machine(node("n1", 60, 1'000, "cpu") + node("n2", 60, 1'000, "cpu,long"), "");
  ASSERT_TRUE(machine) << machine.error().message;
  EXPECT_EQ(machine->nodes, 2);
  EXPECT_EQ(machine->cpus, 120);
  ASSERT_TRUE(machine->alike);
  EXPECT_EQ(machine->alike->nodes, 2);
  EXPECT_EQ(machine->alike->cores_per_node, 60);
  EXPECT_EQ(machine->alike->memory_per_node, std::int64_t{1'000} << 20);
  EXPECT_EQ(machine->islands, std::vector<std::string>{"cpu, long"});
  EXPECT_EQ(machine->not_up, 0) << "what somebody wrote as a reason is no state";
}

TEST(ParseSiteMachine, TellsWhatDiffers) {
  const std::string text = node("n1", 64, 1'000, "cpu") +
                           node("n2", 64, 2'000, "gpu", "DOWN+DRAIN", "gpu:4") +
                           node("n3", 64, 1'000, "new", "FUTURE") + "\nnothing of ours\n" +
                           "NodeName=n4 CPUTot=x\n" + node("n5", 64, 1'000, "");
  const auto machine = parse_site_machine(text, "");
  ASSERT_TRUE(machine) << machine.error().message;
  EXPECT_EQ(machine->nodes, 2);
  EXPECT_FALSE(machine->alike);
  EXPECT_EQ(machine->not_up, 1);
  EXPECT_TRUE(machine->has_gpus);
  EXPECT_EQ(machine->islands, (std::vector<std::string>{"cpu", "gpu"}));
}

TEST(ParseSiteMachine, LooksAtOnePartition) {
  const std::string text = node("n1", 64, 1'000, "cpu") + node("n2", 8, 2'000, "gpu");
  const auto machine = parse_site_machine(text, "gpu");
  ASSERT_TRUE(machine) << machine.error().message;
  EXPECT_EQ(machine->cpus, 8);
  const auto none = parse_site_machine(text, "gpus\x1b[2J");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().message, "no node is in partition 'gpus?[2J'; there are cpu, gpu");
  EXPECT_FALSE(parse_site_machine("", ""));
}

TEST(SiteLoadOptions, AreAsTheSiteGivesItsNodes) {
  const auto machine = parse_site_machine(node("n1", 60, 1'000, "cpu") + node("n2", 60, 1'000, "cpu"), "");
  ASSERT_TRUE(machine) << machine.error().message;
  const struct {
    const char* why;
    SiteSettings settings;
    Sharing sharing;
    std::int64_t memory;
  } cases[] = {
      {"memory is accounted for", settings_of("select/cons_tres", "CR_CORE_MEMORY", "NO"), Sharing::shared,
       std::int64_t{1'000} << 20},
      {"it is not", settings_of("select/cons_tres", "CR_CORE", "NO"), Sharing::pool, 0},
      {"nodes are given whole", settings_of("select/linear", "CR_MEMORY", "NO"), Sharing::whole_nodes,
       std::int64_t{1'000} << 20},
      {"by the partitions", settings_of("select/cons_tres", "CR_CORE", "EXCLUSIVE"), Sharing::whole_nodes, 0},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    const LoadOptions options = site_load_options(*machine, c.settings);
    EXPECT_EQ(options.sharing, c.sharing);
    EXPECT_EQ(options.cluster.memory_per_node, c.memory);
    EXPECT_EQ(options.default_limit_s, 2 * 86'400);
  }
  SiteMachine large = *machine;
  large.nodes = 1'000;
  EXPECT_EQ(site_load_options(large, cases[0].settings).sharing, Sharing::pool)
      << "one by one takes too long";
  SiteMachine mixed = *machine;
  mixed.alike.reset();
  EXPECT_EQ(site_load_options(mixed, cases[0].settings).sharing, Sharing::pool);
  EXPECT_EQ(site_load_options(mixed, cases[0].settings).procs, 120);
}

TEST(SiteOmissions, NameWhatDecidesThereAndIsNotReplayed) {
  SiteSettings settings;
  settings.other_weights = {"PriorityWeightFairShare=1000", "PriorityWeightQOS=500"};
  settings.weight_fair_share = 1000;
  settings.preempt_type = "preempt/qos";
  SiteMachine machine;
  machine.islands = {"cpu, long", "gpu"};
  machine.not_up = 2;
  std::string all;
  for (const std::string& one : site_omissions(settings, machine, Sharing::pool, {"bf_continue"}))
    all += one + "|";
  for (const char* word : {"fair-shares that differ", "PriorityWeightQOS=500", "preempt/qos",
                           "cpu, long; gpu", "2 nodes", "bf_continue", "reservations", "one pool of CPUs"})
    EXPECT_NE(all.find(word), std::string::npos) << word << " in " << all;
  EXPECT_EQ(all.find("FairShare=1000"), std::string::npos) << "its weight is replayed";
}

}  // namespace foreshape
