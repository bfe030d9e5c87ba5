// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// foreshape.conf over the life of slurmctld: a good file comes into force, a bad one changes nothing.
//
// Up to 23.02 a reconfigure happens inside slurmctld, and the settings in force are simply kept. From 23.11
// on it starts a new slurmctld, which knows nothing of them: so those in force are also written to
// <StateDir>/foreshape.conf.in-force, and a new slurmctld that was started by a reconfigure falls back on
// these.
//
// Runs in: slurmctld.
// Threads: init and the agent thread.

#include <string>

#include "predictor/base/log.h"
#include "predictor/base/result.h"
#include "predictor/config/settings.h"

namespace foreshape {

struct FirstSettings {
  Settings settings;
  std::string error;  ///< why foreshape.conf is not what is in force; empty if it is
};

/// What is in force when slurmctld has started: the file's settings; the defaults where there is no file;
/// where it is bad, those that were in force before (by_reconfigure), else a Settings that is passive. Logs
/// what is not as usual.
FirstSettings settings_at_start(const std::string& file, bool by_reconfigure, const LogSink& log);

/// Writes them to where settings_at_start() looks.
/// Errors: unavailable - as replace_file().
Result<void> keep_settings(const Settings& settings);

}  // namespace foreshape
