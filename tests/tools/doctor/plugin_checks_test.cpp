// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/doctor/plugin_checks.h"

#include "tests/tools/doctor/site_builder.h"

namespace foreshape {

TEST(PluginFindings, AreFineWhereAllIsWell) {
  expect_healthy(plugin_findings(healthy_plugins(), healthy_slurm()));
}

TEST(PluginFindings, SayWhatIsWrong) {
  const struct {
    const char* why;
    void (*breaks)(InstalledPlugins&, SlurmFacts&);
    Severity severity;
    const char* want;
  } cases[] = {
      {"built for another Slurm", [](InstalledPlugins& p, SlurmFacts&) { p = healthy_plugins(0x150805); },
       Severity::error, "job_submit_foreshape.so is built for Slurm 21.08.5, and slurmctld is 22.05.8"},
      {"not there", [](InstalledPlugins& p, SlurmFacts&) { p.job_submit.clear(); }, Severity::error,
       "job_submit_foreshape.so is in no directory of PluginDir="},
      {"no plugin at all",
       [](InstalledPlugins& p, SlurmFacts&) { p.job_submit[0].problem = "/x.so: no shared library"; },
       Severity::error, "/x.so: no shared library"},
      {"the Runtime is missing", [](InstalledPlugins& p, SlurmFacts&) { p.runtime.exists = false; },
       Severity::error, "libforeshape_runtime.so is missing"},
      {"Slurm's own backfill is first",
       [](InstalledPlugins& p, SlurmFacts&) { std::swap(p.sched_backfill[0], p.sched_backfill[1]); },
       Severity::note, "Slurm finds its own backfill first"},
      {"ours without Slurm's own behind it",
       [](InstalledPlugins& p, SlurmFacts&) { p.sched_backfill.pop_back(); }, Severity::error,
       "Slurm's own sched_backfill.so is in no directory"},
      {"sched/foreshape without its file",
       [](InstalledPlugins& p, SlurmFacts& s) {
         s.config = replaced(s.config, "sched/backfill", "sched/foreshape");
         p.sched_foreshape.clear();
       },
       Severity::error, "sched_foreshape.so is in no directory"},
      {"anybody may write to it", [](InstalledPlugins& p, SlurmFacts&) { p.job_submit[0].path.mode = 0777; },
       Severity::warning, "can be changed by others than root: owner root, mode 0777"},
      {"a user owns its directory",
       [](InstalledPlugins& p, SlurmFacts&) { p.job_submit[0].path.above.back().owner = 4'242; },
       Severity::warning, "/usr/lib/foreshape/slurm can be changed by others than root: owner 4242"},
      {"SlurmUser can't read it", [](InstalledPlugins& p, SlurmFacts&) { p.job_submit[0].path.mode = 0700; },
       Severity::error, "nobody can't read"},
      {"Slurm was upgraded under a running slurmctld",
       [](InstalledPlugins& p, SlurmFacts&) { p.sched_backfill[1].identity.version = 0x180b05; },
       Severity::warning, "foreshape doctor --before-upgrade 24.11.5"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    InstalledPlugins plugins = healthy_plugins();
    SlurmFacts slurm = healthy_slurm();
    c.breaks(plugins, slurm);
    expect_finding(plugin_findings(plugins, slurm), c.severity, c.want);
  }
}

TEST(PluginFindings, JudgeNoVersionWhileSlurmctldIsDown) {
  SlurmFacts slurm = healthy_slurm();
  slurm.version = 0;
  expect_healthy(plugin_findings(healthy_plugins(0x150805), slurm));
}

TEST(PluginFindings, SayNothingOfASiteThatHasNoneOfOurs) {
  SlurmFacts slurm = healthy_slurm();
  slurm.submit_plugins = {"lua"};
  InstalledPlugins plugins;
  plugins.sched_backfill = {plugin("/usr/lib/slurm/sched_backfill.so", "sched/backfill")};
  for (const Finding& f : plugin_findings(plugins, slurm)) EXPECT_EQ(f.severity, Severity::note) << f.what;
}

}  // namespace foreshape
