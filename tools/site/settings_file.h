// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Where foreshape.conf is, for programs: --conf, else beside slurm.conf.
//
// Runs in: offline.
// Threads: reads the environment; otherwise a pure function over the file system.

#include "predictor/config/settings.h"
#include "tools/cli/options.h"

namespace foreshape {

/// Declares --conf FILE.
void add_settings_option(po::options_description& options);

/// The settings of --conf; else of foreshape.conf in the directory of $SLURM_CONF, or in /etc/slurm, where a
/// missing file means the defaults.
/// Errors: those of load_settings.
Result<Settings> settings_of(const ParsedOptions& parsed);

/// The file that settings_of() reads.
std::string settings_path(const ParsedOptions& parsed);

/// Of a file that can't be put in force: where its files are, as far as that can be read; else the defaults.
Settings places_of(const std::string& path);

}  // namespace foreshape
