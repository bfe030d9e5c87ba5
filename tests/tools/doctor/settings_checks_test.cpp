// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/doctor/settings_checks.h"

#include "tests/tools/doctor/site_builder.h"

namespace foreshape {
namespace {

constexpr uid_t kSlurmUid = 64'030, kOther = 1'000;

SettingsFacts healthy_settings() {
  SettingsFacts facts;
  facts.file = place("/etc/slurm/foreshape.conf", 0, 0644);
  facts.slurm_user = Person{"slurm", kSlurmUid, {kSlurmUid}};
  facts.state = place("/var/lib/foreshape", kSlurmUid, 0700);
  facts.state.above = {place("/"), place("/var"), place("/var/lib")};
  facts.journal = place("/var/lib/foreshape/journal", kSlurmUid, 0700);
  return facts;
}

}  // namespace

TEST(May, FollowsOwnerGroupAndOthers) {
  const Person root{"root", 0, {0}}, slurm{"slurm", kSlurmUid, {7}}, other{"other", kOther, {kOther}};
  PathFacts path = place("/x", kSlurmUid, 0750);
  path.group = 7;
  EXPECT_TRUE(may(slurm, Right::write, path));
  EXPECT_FALSE(may(other, Right::read, path));
  EXPECT_TRUE(may(root, Right::write, path));
  path.owner = kOther;
  EXPECT_TRUE(may(slurm, Right::enter, path)) << "by its group";
  EXPECT_FALSE(may(slurm, Right::write, path));
  path.mode = 0077;
  EXPECT_FALSE(may(other, Right::read, path))
      << "the owner's bits count for the owner, though others have more";
}

TEST(FactsOf, KnowsTheDirectoriesAbove) {
  const PathFacts facts = facts_of("/etc/passwd");
  EXPECT_TRUE(facts.exists);
  EXPECT_FALSE(facts.is_directory);
  ASSERT_EQ(facts.above.size(), 2U);
  EXPECT_EQ(facts.above[0].path, "/");
  EXPECT_EQ(facts.above[1].path, "/etc");
  EXPECT_FALSE(facts_of("/no/such/thing").exists);
}

TEST(SettingsFindings, AreFineWhereAllIsWell) {
  expect_healthy(settings_findings(healthy_settings(), healthy_slurm()));
}

TEST(SettingsFindings, SayWhatIsWrong) {
  const struct {
    const char* why;
    void (*breaks)(SettingsFacts&);
    Severity severity;
    const char* want;
  } cases[] = {
      {"a line is wrong", [](SettingsFacts& f) { f.problem = "/etc/slurm/foreshape.conf:3: Hold: 'x'"; },
       Severity::error, "foreshape config check /etc/slurm/foreshape.conf"},
      {"closed to slurmctld", [](SettingsFacts& f) { f.file.mode = 0600; }, Severity::error,
       "slurm can't read /etc/slurm/foreshape.conf (owner root, mode 0600)"},
      {"there is none", [](SettingsFacts& f) { f.file.exists = false; }, Severity::note,
       "defaults are in force"},
      {"StateDir is missing", [](SettingsFacts& f) { f.state.exists = false; }, Severity::error,
       "install -d -o slurm -g slurm -m 700 /var/lib/foreshape"},
      {"StateDir is a file", [](SettingsFacts& f) { f.state.is_directory = false; }, Severity::error,
       "is no directory"},
      {"StateDir is somebody else's", [](SettingsFacts& f) { f.state.owner = kOther; }, Severity::error,
       "StateDir=/var/lib/foreshape is closed to slurm: owner"},
      {"StateDir is everybody's", [](SettingsFacts& f) { f.state.mode = 0777; }, Severity::warning,
       "can be written by others"},
      {"a directory above is closed", [](SettingsFacts& f) { f.state.above[2].mode = 0700; }, Severity::error,
       "chmod a+x /var/lib"},
      {"we may not look", [](SettingsFacts& f) { f.state.hidden = true; }, Severity::note,
       "run this as root"},
      {"the journal is root's", [](SettingsFacts& f) { f.journal.owner = 0; }, Severity::error,
       "JournalDir=/var/lib/foreshape/journal is closed to slurm: owner root, mode 0700"},
      {"unknown users",
       [](SettingsFacts& f) {
         f.unknown_users = {"carrol", "dav"};
       },
       Severity::warning, "HoldUsers names users that this machine does not know: carrol,dav"},
      {"no such partition",
       [](SettingsFacts& f) {
         f.settings.policy.rules.push_back({ScopeRule::Kind::partition, "debgu", 0, {}});
       },
       Severity::warning, "a rule is for Partition=debgu, and Slurm has main,debug"},
      {"the kill switch", [](SettingsFacts& f) { f.is_switched_off = true; }, Severity::note,
       "rm /var/lib/foreshape/disabled"},
      {"Enabled=no", [](SettingsFacts& f) { f.settings.enabled = false; }, Severity::note, "Enabled=yes"},
      {"no SlurmUser", [](SettingsFacts& f) { f.slurm_user.reset(); }, Severity::error,
       "is no user of this machine"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    SettingsFacts facts = healthy_settings();
    c.breaks(facts);
    expect_finding(settings_findings(facts, healthy_slurm()), c.severity, c.want);
  }
}

}  // namespace foreshape
