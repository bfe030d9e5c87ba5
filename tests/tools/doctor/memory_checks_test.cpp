// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/doctor/memory_checks.h"

#include "predictor/config/settings.h"
#include "tests/tools/doctor/site_builder.h"

namespace foreshape {
namespace {

// As `scontrol show config` of 22.05 and of 24.11 writes them.
constexpr const char* kReady =
    "JobAcctGatherParams     = (null)\n"
    "JobRequeue              = 1\n"
    "SelectTypeParameters    = CR_CORE_MEMORY\n"
    "TaskPlugin              = task/affinity,task/cgroup\n"
    "\n"
    "Cgroup Support Configuration:\n"
    "ConstrainRAMSpace       = yes\n";

Settings of(const std::string& text) { return parse_settings(text, "f.conf").value(); }

}  // namespace

TEST(MemoryFindings, AreNoneWhereNothingIsEnforced) {
  EXPECT_TRUE(memory_findings(slurm_facts_of("", ""), of("Memory=dry-run")).empty());
  EXPECT_FALSE(memory_findings(slurm_facts_of("", ""), of("Account=physics Memory=enforce")).empty());
}

TEST(MemoryFindings, AreFineAtASiteThatIsReady) {
  expect_healthy(memory_findings(slurm_facts_of(kReady, ""), of("Memory=enforce")));
  const std::string by_gather =
      replaced(replaced(kReady, "(null)", "UsePss,OverMemoryKill"), "= yes", "= no");
  expect_healthy(memory_findings(slurm_facts_of(by_gather, ""), of("Memory=enforce")));
}

TEST(MemoryFindings, SayWhatToChange) {
  const struct {
    const char *from, *to;
    Severity severity;
    const char* want;
  } cases[] = {
      {"CR_CORE_MEMORY", "CR_CORE", Severity::warning, "SelectTypeParameters=CR_Core_Memory in slurm.conf"},
      {"JobRequeue              = 1", "JobRequeue = 0", Severity::note, "submitted with --requeue"},
      {"= yes", "= no", Severity::warning, "ConstrainRAMSpace=yes in cgroup.conf"},
      {",task/cgroup", "", Severity::warning, "TaskPlugin=task/cgroup"},
  };
  for (const auto& c : cases)
    expect_finding(memory_findings(slurm_facts_of(replaced(kReady, c.from, c.to), ""), of("Memory=enforce")),
                   c.severity, c.want);
}

}  // namespace foreshape
