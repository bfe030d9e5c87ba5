// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/doctor/upgrade_checks.h"

#include "tests/tools/doctor/site_builder.h"
#include "tools/site/slurm_version.h"

namespace foreshape {

TEST(SlurmVersion, IsReadAsPeopleAndPackagesWriteIt) {
  const struct {
    const char* text;
    std::optional<std::uint32_t> want;
  } cases[] = {{"22.05.8", 0x160508},       {"slurm 24.11.5", 0x180b05}, {"22.05.8-4+deb12u2", 0x160508},
               {"24.11", std::nullopt},     {"", std::nullopt},          {"24.11.x", std::nullopt},
               {"22.05.999", std::nullopt}, {"a", std::nullopt}};
  for (const auto& c : cases) EXPECT_EQ(slurm_version_number(c.text), c.want) << c.text;
  EXPECT_EQ(slurm_version_text(0x160508), "22.05.8");
}

TEST(UpgradeFindings, AreFineWherePluginsAreBuiltForIt) {
  expect_healthy(upgrade_findings(healthy_plugins(), healthy_slurm(), {}, kSlurm));
}

TEST(UpgradeFindings, SayWhatComesOfItAndWhatToDo) {
  const Findings findings = upgrade_findings(healthy_plugins(), healthy_slurm(), {}, 0x180b05);
  EXPECT_EQ(exit_code_of(findings), kWarned);
  expect_finding(findings, Severity::warning,
                 "built for Slurm 22.05.8, not for 24.11.5 (slurmctld is 22.05.8 now)");
  EXPECT_NE(findings[0].cure.find("build for 24.11.5"), std::string::npos);
  EXPECT_NE(findings[0].cure.find("JobSubmitPlugins=lua,"), std::string::npos);
  EXPECT_EQ(finding_with(findings, "was not tried"), nullptr);
  EXPECT_EQ(finding_with(findings, "bf_min_prio_reserve"), nullptr)
      << "the settings are harmless by themselves";
}

TEST(UpgradeFindings, WarnOfAReleaseThatWasNotTried) {
  expect_finding(upgrade_findings(healthy_plugins(), healthy_slurm(), {}, 0x1a0b00), Severity::warning,
                 "Foreshape was not tried in Slurm 26.11.0");
}

TEST(UpgradeFindings, WarnWhereTheOrdersSettingsStarveWideJobsMeanwhile) {
  const SlurmFacts slurm = slurm_facts_of(
      replaced(kConfig, "PriorityWeightPartition = 7200", "PriorityWeightPartition = 0"), kPartitions);
  expect_finding(upgrade_findings(healthy_plugins(), slurm, {}, 0x180b05), Severity::warning,
                 "wide jobs starve");
}

TEST(UpgradeFindings, NeedAPluginToJudge) {
  expect_finding(upgrade_findings({}, healthy_slurm(), {}, kSlurm), Severity::error,
                 "could be read in PluginDir");
}

}  // namespace foreshape
