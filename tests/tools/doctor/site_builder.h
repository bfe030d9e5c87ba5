// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A site with which all is well, for tests that break one thing of it.

#include <algorithm>
#include <gtest/gtest.h>
#include <string>

#include "tools/doctor/finding.h"
#include "tools/doctor/plugin_checks.h"
#include "tools/doctor/settings_checks.h"
#include "tools/doctor/slurm_facts.h"

namespace foreshape {

inline constexpr std::uint32_t kSlurm = 0x160508;  // 22.05.8

/// As `scontrol show config` prints it.
inline constexpr const char* kConfig =
    "AccountingStorageTRES   = cpu,mem,energy,node,billing,fs/disk,vmem,pages\n"
    "AccountingStorageType   = accounting_storage/slurmdbd\n"
    "GresTypes               = (null)\n"
    "JobAcctGatherType       = jobacct_gather/cgroup\n"
    "JobSubmitPlugins        = lua,foreshape\n"
    "MinJobAge               = 300 sec\n"
    "PluginDir               = /usr/lib/foreshape/slurm/dropin:/usr/lib/foreshape/slurm:/usr/lib/slurm\n"
    "PriorityDecayHalfLife   = 7-00:00:00\n"
    "PriorityMaxAge          = 7-00:00:00\n"
    "PriorityType            = priority/multifactor\n"
    "PriorityUsageResetPeriod = NONE\n"
    "PriorityWeightAge       = 10080\n"
    "PriorityWeightFairShare = 0\n"
    "PriorityWeightPartition = 7200\n"
    "SchedulerParameters     = bf_min_prio_reserve=10080,bf_window=10080,partition_job_depth=100\n"
    "SchedulerType           = sched/backfill\n"
    "SlurmUser               = nobody(65534)\n"
    "SLURM_VERSION           = 22.05.8\n";
inline constexpr const char* kPartitions =
    "PartitionName=main AllowGroups=ALL MaxTime=7-00:00:00 State=UP\n"
    "PartitionName=debug AllowGroups=ALL MaxTime=30:00 State=UP\n";

inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

inline SlurmFacts healthy_slurm() { return slurm_facts_of(kConfig, kPartitions); }

inline PathFacts place(const std::string& path, uid_t owner = 0, mode_t mode = 0755) {
  PathFacts facts;
  facts.path = path;
  facts.exists = facts.is_directory = true;
  facts.owner = owner;
  facts.mode = mode;
  return facts;
}

inline InstalledPlugin plugin(const std::string& path, const std::string& type,
                              std::uint32_t version = kSlurm) {
  InstalledPlugin made;
  made.path = place(path);
  made.path.above = {place("/"), place(path.substr(0, path.rfind('/')))};
  const bool is_ours = path.find("foreshape") != std::string::npos;
  made.identity = {is_ours ? "foreshape: one of ours" : "Slurm's own", type, version};
  return made;
}

inline InstalledPlugins healthy_plugins(std::uint32_t version = kSlurm) {
  const std::string ours = "/usr/lib/foreshape/slurm/";
  return {{plugin(ours + "job_submit_foreshape.so", "job_submit/foreshape", version)},
          {plugin(ours + "sched_foreshape.so", "sched/foreshape", version)},
          {plugin(ours + "dropin/sched_backfill.so", "sched/backfill", version),
           plugin("/usr/lib/slurm/sched_backfill.so", "sched/backfill")},
          place(ours + "libforeshape_runtime.so")};
}

/// The first finding whose words (what, why, cure) have this text; nullptr where none has.
inline const Finding* finding_with(const Findings& findings, const std::string& text) {
  const auto found = std::ranges::find_if(findings, [&](const Finding& f) {
    return (f.what + "\n" + f.why + "\n" + f.cure).find(text) != std::string::npos;
  });
  return found == findings.end() ? nullptr : &*found;
}

inline void expect_finding(const Findings& findings, Severity severity, const std::string& text) {
  const Finding* found = finding_with(findings, text);
  ASSERT_NE(found, nullptr) << text << "\nis not in\n" << findings_text(findings);
  EXPECT_EQ(found->severity, severity) << findings_text({*found});
  EXPECT_EQ(found->why.empty(), severity == Severity::ok) << findings_text({*found});
  EXPECT_EQ(found->cure.empty(), severity == Severity::ok) << findings_text({*found});
}

inline void expect_healthy(const Findings& findings) {
  for (const Finding& finding : findings)
    EXPECT_EQ(finding.severity, Severity::ok) << findings_text({finding});
  EXPECT_FALSE(findings.empty());
}

}  // namespace foreshape
