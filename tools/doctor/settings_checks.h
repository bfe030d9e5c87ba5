// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// foreshape.conf and the directories that it names: valid, of people and partitions that exist, and
// slurmctld's own.
//
// Runs in: offline.
// Threads: pure functions, but look_at_..., which read files and the user database.

#include <optional>
#include <string>
#include <vector>

#include "predictor/config/settings.h"
#include "tools/doctor/finding.h"
#include "tools/doctor/path_rights.h"
#include "tools/doctor/slurm_facts.h"

namespace foreshape {

struct SettingsFacts {
  PathFacts file;                          ///< foreshape.conf
  std::string problem;                     ///< why it can't be put in force; empty where it can
  Settings settings;                       ///< what it says; where it is broken, at least its places
  std::optional<Person> slurm_user;        ///< absent: there is no such user
  std::vector<std::string> unknown_users;  ///< of HoldUsers
  PathFacts state, journal;
  bool is_switched_off = false;  ///< the kill switch is there
};

/// is_given: by --conf; otherwise a missing file means the defaults.
SettingsFacts look_at_settings(const std::string& path, bool is_given, const SlurmFacts& slurm);

/// The part of it that is about what the settings name, wherever they come from: users, directories.
SettingsFacts look_at_named(Settings settings, const SlurmFacts& slurm);

/// Users, partitions and directories that the settings name.
Findings named_findings(const SettingsFacts& facts, const SlurmFacts& slurm);

/// named_findings, and those of the file itself.
Findings settings_findings(const SettingsFacts& facts, const SlurmFacts& slurm);

}  // namespace foreshape
