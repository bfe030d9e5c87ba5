// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What runs by the clock: ingest and snapshot every ten minutes, retraining every night. The units of the
// package where systemd runs and has them for this SlurmUser; otherwise a file for cron, with its log
// rotated.
//
// Runs in: offline.
// Threads: main thread only.

#include <string>
#include <vector>

#include "tools/setup/setup_site.h"
#include "tools/setup/step.h"

namespace foreshape {

std::vector<SetupStep> timer_steps(const SetupSite& site);

/// /etc/cron.d/foreshape for this site. has_trainer: foreshape-train is installed.
std::string cron_text(const SetupSite& site, bool has_trainer);

/// /etc/logrotate.d/foreshape for the log that those lines write in StateDir.
std::string logrotate_text(const SetupSite& site);

/// A word as sh takes it and cron leaves it (there % is a line feed).
std::string cron_word(const std::string& word);

}  // namespace foreshape
