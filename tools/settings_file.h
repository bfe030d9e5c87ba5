#pragma once
// Where foreshape.conf is, for programs: --conf, else beside slurm.conf.
//
// Runs in: offline.
// Threads: reads the environment; otherwise a pure function over the file system.

#include "predictor/config/settings.h"
#include "tools/options.h"

namespace foreshape {

/// Declares --conf FILE.
void add_settings_option(po::options_description& options);

/// The settings of --conf; else of foreshape.conf in the folder of $SLURM_CONF, or in /etc/slurm, where a
/// missing file means the defaults.
/// Errors: those of load_settings.
Result<Settings> settings_of(const ParsedOptions& parsed);

}  // namespace foreshape
