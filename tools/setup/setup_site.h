// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The site that is set up: whose Slurm it is, and where everything of it and of ours lies.
//
// Runs in: offline.
// Threads: main thread only: asks scontrol and the machine's list of users.

#include <string>

#include "predictor/config/settings.h"
#include "tools/cli/as_user.h"
#include "tools/setup/plugin_lines.h"

namespace foreshape {

/// What the command line says; "" = to be found out.
struct SetupOptions {
  std::string slurm_conf;  ///< default: $SLURM_CONF, else /etc/slurm/slurm.conf
  std::string slurm_user;
  std::string state_dir;
  std::string database;  ///< how programs reach the store; default: the site file's, else dbname=foreshape
  std::string admin_database;  ///< how setup itself does, as somebody who may create roles
  std::string plugin_dir;
  bool removes = false;  ///< then plugin_dir is where they were, and they may be gone
  std::string etc = "/etc";
};

struct SetupSite {
  std::string slurm_conf, foreshape_conf, etc;
  bool has_foreshape_conf = false;
  ConfFile conf;  ///< slurm.conf and what it includes
  OsUser slurm_user;
  Settings settings;              ///< of foreshape.conf, or as they will be
  std::string programs;           ///< the directory of foreshape itself
  PluginPlaces plugins;           ///< ours is "" where they are not installed
  bool slurmctld_has_us = false;  ///< it answers, and runs with our plugin
  std::string database, admin_database;

  /// The file that timers and programs read; site_file.h.
  std::string site_file() const { return etc + "/default/foreshape"; }
};

/// Errors: not_found - no slurm.conf, no such user; invalid_input - foreshape.conf is wrong, or not root's
/// alone without a --state-dir, or --state-dir is not what it says; SlurmUser is root without --slurm-user
/// root; others with the file's or user's name.
Result<SetupSite> find_setup_site(const SetupOptions& options);

}  // namespace foreshape
