// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Slurm's own backfill plugin, found and loaded: sched/foreshape forwards everything to it.
//
// Runs in: slurmctld.
// Threads: load_stock_backfill() on the main thread, in init(); the functions as Slurm calls them.

#include <string>
#include <string_view>

#include "predictor/base/result.h"

namespace foreshape {

/// The entry points of a scheduler plugin. NULL until loaded. The library is never unloaded: its thread
/// may still be on its way out when fini() returns.
struct StockBackfill {
  int (*init)() = nullptr;
  int (*fini)() = nullptr;
  int (*reconfigure)() = nullptr;
};

/// Loads sched_backfill.so from the first directory of plugin_dir (Slurm's PluginDir, directories separated
/// by colons) where that file is not this very library: as a drop-in we have the same name. Errors: not_found
/// - with the directories that were searched and why each did not serve.
Result<StockBackfill> load_stock_backfill(std::string_view plugin_dir);

/// The first path of a file of that name in the directories that is not own_path; empty if there is none.
/// Both are compared with symbolic links resolved.
std::string find_other_library(std::string_view directories, const std::string& name,
                               const std::string& own_path);

}  // namespace foreshape
