// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/doctor/slurm_checks.h"

#include "tests/tools/doctor/site_builder.h"

namespace foreshape {
namespace {

Settings ordering() {
  Settings settings;
  settings.policy.order.mode = OrderMode::on;
  return settings;
}

}  // namespace

TEST(SlurmFactsOf, ReadsWhatScontrolPrints) {
  const SlurmFacts slurm = healthy_slurm();
  EXPECT_EQ(slurm.version, kSlurm);
  EXPECT_EQ(slurm.user, "nobody");
  EXPECT_EQ(slurm.submit_plugins, (std::vector<std::string>{"lua", "foreshape"}));
  EXPECT_EQ(slurm.plugin_directories.size(), 3U);
  EXPECT_EQ(slurm.partition_names, (std::vector<std::string>{"main", "debug"}));
}

TEST(ConfigOfFile, ReadsSlurmConfWhatEverElseIsInIt) {
  const SlurmFacts slurm =
      slurm_facts_of(config_of_file("# a site\nInclude more.conf\nslurmuser=slurm\nPluginDir=/a:/b # ours\n"
                                    "JobSubmitPlugins=foreshape\nNodeName=n[1-3] CPUs=4\n"),
                     "");
  EXPECT_EQ(slurm.user, "slurm");
  EXPECT_EQ(slurm.plugin_directories, (std::vector<std::string>{"/a", "/b"}));
  EXPECT_EQ(slurm.submit_plugins, (std::vector<std::string>{"foreshape"}));
}

TEST(SlurmFindings, AreFineAtASiteThatIsReady) {
  expect_healthy(slurm_findings(healthy_slurm(), ordering()));
}

TEST(SlurmFindings, SayWhatToChange) {
  const struct {
    const char *from, *to;
    Severity severity;
    const char* want;
  } cases[] = {
      {"lua,foreshape", "lua", Severity::error, "JobSubmitPlugins=lua,foreshape in slurm.conf"},
      {"lua,foreshape", "foreshape,lua", Severity::warning, "JobSubmitPlugins=lua,foreshape in slurm.conf"},
      {"lua,foreshape", "foreshape,foreshape", Severity::warning, "JobSubmitPlugins=foreshape in slurm.conf"},
      {"lua,foreshape", "(null)", Severity::error, "JobSubmitPlugins=foreshape in slurm.conf"},
      {"accounting_storage/slurmdbd", "accounting_storage/none", Severity::error, "sacct has no past jobs"},
      {"jobacct_gather/cgroup", "jobacct_gather/none", Severity::warning, "are not measured"},
      {"GresTypes               = (null)", "GresTypes = gpu", Severity::warning, "add gres/gpu"},
      {"300 sec", "20 sec", Severity::warning, "MinJobAge=60 in slurm.conf"},
      {"priority/multifactor", "priority/basic", Severity::error, "set PriorityType=priority/multifactor"},
      {"FairShare = 0", "FairShare = 5000", Severity::note, "worth up to 83 h"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.want);
    const SlurmFacts slurm = slurm_facts_of(replaced(kConfig, c.from, c.to), kPartitions);
    expect_finding(slurm_findings(slurm, ordering()), c.severity, c.want);
  }
}

TEST(SlurmFindings, SayThatPastUsageNeverDecays) {
  std::string config = replaced(kConfig, "HalfLife   = 7-00:00:00", "HalfLife = 00:00:00");
  config = replaced(config, "FairShare = 0", "FairShare = 100");
  expect_finding(slurm_findings(slurm_facts_of(config, kPartitions), Settings{}), Severity::note, "for ever");
}

TEST(SlurmFindings, OnlyNoteWhatTheOrderWouldNeedWhileItIsOff) {
  const SlurmFacts slurm =
      slurm_facts_of(replaced(kConfig, "priority/multifactor", "priority/basic"), kPartitions);
  const Findings findings = slurm_findings(slurm, Settings{});
  expect_finding(findings, Severity::note, "Order is off");
  EXPECT_EQ(exit_code_of(findings), kDone);
}

TEST(SlurmFindings, SayThatSlurmctldIsSilent) {
  SlurmFacts slurm = healthy_slurm();
  slurm.silence = "scontrol: exit code 1: Unable to contact slurm controller";
  expect_finding(slurm_findings(slurm, Settings{}), Severity::error, "slurmctld does not answer: scontrol");
}

}  // namespace foreshape
