// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/doctor/settings_checks.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tools/site/settings_file.h"

namespace foreshape {
namespace {

constexpr const char* kGroup = "settings";

void check_file(const SettingsFacts& facts, Findings& findings) {
  const std::string& path = facts.file.path;
  if (!facts.problem.empty()) {
    findings.push_back(
        {kGroup, Severity::error, facts.problem,
         "slurmctld goes on with what it had; after a restart Foreshape does nothing",
         fmt::format("correct it, then: foreshape config check {} && scontrol reconfigure", path)});
    return;
  }
  if (!facts.file.exists) {
    findings.push_back({kGroup, Severity::note, path + ": there is none, so the defaults are in force",
                        "everything is predicted and recorded, nothing is changed",
                        "copy foreshape.conf.example there when you want to change something"});
    return;
  }
  findings.push_back(fine(kGroup, path + " is valid"));
  if (!facts.slurm_user) return;
  const std::string closed = closed_directory(*facts.slurm_user, facts.file);
  if (closed.empty() && may(*facts.slurm_user, Right::read, facts.file)) return;
  findings.push_back(
      {kGroup, Severity::error,
       fmt::format("{} can't read {} ({})", facts.slurm_user->name, path, rights_text(facts.file)),
       "slurmctld runs as that user: it can't put these settings in force",
       closed.empty() ? fmt::format("chmod 644 {}", path) : fmt::format("chmod a+x {}", closed)});
}

/// What Slurm's user must be able to do in a directory of ours; the plugin takes no files from one that
/// others write to.
void check_directory(const char* key, const PathFacts& directory, const SettingsFacts& facts,
                     Findings& findings) {
  const Person& user = *facts.slurm_user;
  const std::string mend = fmt::format("install -d -o {0} -g {0} -m 700 {1}", user.name, directory.path);
  const std::string why = "slurmctld keeps its journal, profiles and status there";
  const auto add = [&](Severity severity, std::string what, std::string cure) {
    findings.push_back(
        {kGroup, severity, fmt::format("{}={} {}", key, directory.path, what), why, std::move(cure)});
  };
  const std::string closed = closed_directory(user, directory);
  if (directory.hidden)
    add(Severity::note, "is in a directory that you may not enter: it was not looked at", "run this as root");
  else if (!directory.exists)
    add(Severity::error, "does not exist", mend);
  else if (!directory.is_directory)
    add(Severity::error, "is no directory", "name another one, or move the file away and: " + mend);
  else if (!closed.empty())
    add(Severity::error, fmt::format("can't be reached by {}", user.name), "chmod a+x " + closed);
  else if (!may(user, Right::write, directory) || !may(user, Right::enter, directory))
    add(Severity::error, fmt::format("is closed to {}: {}", user.name, rights_text(directory)),
        fmt::format("chown {0}: {1} && chmod 700 {1}", user.name, directory.path));
  else if ((directory.mode & 022U) != 0)
    add(Severity::warning, "can be written by others: " + rights_text(directory),
        "chmod go-w " + directory.path);
  else
    findings.push_back(
        fine(kGroup, fmt::format("{}={} belongs to {}", key, directory.path, user_text(directory.owner))));
}

void check_people(const SettingsFacts& facts, const SlurmFacts& slurm, Findings& findings) {
  if (!facts.unknown_users.empty())
    findings.push_back({kGroup, Severity::warning,
                        fmt::format("HoldUsers names users that this machine does not know: {}",
                                    fmt::join(facts.unknown_users, ",")),
                        "nothing is held for them",
                        "correct HoldUsers in foreshape.conf, then scontrol reconfigure"});
  if (slurm.partition_names.empty()) return;
  for (const ScopeRule& rule : facts.settings.policy.rules)
    if (rule.kind == ScopeRule::Kind::partition &&
        std::ranges::find(slurm.partition_names, rule.name) == slurm.partition_names.end())
      findings.push_back({kGroup, Severity::warning,
                          fmt::format("a rule is for Partition={}, and Slurm has {}", rule.name,
                                      fmt::join(slurm.partition_names, ",")),
                          "the rule is for no job",
                          "correct the line in foreshape.conf, then scontrol reconfigure"});
}

void check_switches(const SettingsFacts& facts, Findings& findings) {
  if (facts.is_switched_off)
    findings.push_back({kGroup, Severity::note,
                        facts.settings.kill_switch_file() + " is there: the kill switch",
                        "every job passes untouched and unseen", "rm " + facts.settings.kill_switch_file()});
  if (!facts.settings.enabled)
    findings.push_back({kGroup, Severity::note, "Enabled=no", "every job passes untouched and unseen",
                        "Enabled=yes in foreshape.conf, then scontrol reconfigure"});
}

}  // namespace

SettingsFacts look_at_named(Settings settings, const SlurmFacts& slurm) {
  SettingsFacts facts;
  facts.settings = std::move(settings);
  facts.slurm_user = person_of(slurm.user);
  const HoldPolicy& hold = facts.settings.policy.hold;
  for (const std::string& user : hold.users)
    if (!hold.serves_everybody() && !person_of(user)) facts.unknown_users.push_back(user);
  facts.state = facts_of(facts.settings.state_dir);
  facts.journal = facts_of(facts.settings.journal_dir);
  return facts;
}

SettingsFacts look_at_settings(const std::string& path, bool is_given, const SlurmFacts& slurm) {
  const auto slurm_user = person_of(slurm.user);
  const std::optional<FileTrust> trust =
      slurm_user ? std::optional<FileTrust>{{slurm_user->uid}} : std::nullopt;
  const auto settings = load_settings(path, trust);
  const bool may_be_missing = !is_given && !settings && settings.error().code == ErrorCode::not_found;
  SettingsFacts facts = look_at_named(settings ? *settings : places_of(path), slurm);
  facts.file = facts_of(path);
  if (!settings && !may_be_missing) facts.problem = settings.error().message;
  facts.is_switched_off = facts_of(facts.settings.kill_switch_file()).exists;
  return facts;
}

Findings named_findings(const SettingsFacts& facts, const SlurmFacts& slurm) {
  Findings findings;
  check_people(facts, slurm, findings);
  if (!facts.slurm_user) {
    findings.push_back({kGroup, Severity::error, "SlurmUser=" + slurm.user + " is no user of this machine",
                        "nobody can say here who must own StateDir", "run this on slurmctld's host"});
    return findings;
  }
  check_directory("StateDir", facts.state, facts, findings);
  // The plugin makes it, where it is missing.
  if (facts.journal.exists) check_directory("JournalDir", facts.journal, facts, findings);
  return findings;
}

Findings settings_findings(const SettingsFacts& facts, const SlurmFacts& slurm) {
  Findings findings;
  check_file(facts, findings);
  check_switches(facts, findings);
  append(findings, named_findings(facts, slurm));
  return findings;
}

}  // namespace foreshape
