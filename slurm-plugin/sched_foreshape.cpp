// SPDX-License-Identifier: GPL-2.0-or-later
// The plugin sched/foreshape: Slurm's own backfill scheduler, unchanged, with the Runtime beside it.
// Built twice: as sched_foreshape.so, and as a drop-in named sched_backfill.so (README.md says why).

#include <cstdint>
#include <string>

#include "slurm-plugin/base/export.h"
#include "slurm-plugin/linked_runtime.h"
#include "slurm-plugin/running_slurm.h"
#include "slurm-plugin/slurm/boundary.h"
#include "slurm-plugin/slurm/slurm_abi.h"
#include "slurm-plugin/stock_backfill.h"

#ifndef FORESHAPE_SCHED_TYPE
#define FORESHAPE_SCHED_TYPE "sched/foreshape"
#endif

namespace {

foreshape::StockBackfill backfill;  // set by init(), on slurmctld's main thread, before anyone else calls

/// In another release slurm_conf is another struct: then the directory of Slurm's own plugins must do.
std::string plugin_directories() {
  const foreshape::RunningSlurm& slurm = foreshape::running_slurm();
  if (!foreshape::wrong_release(slurm.version).empty()) return slurm.plugin_directory;
  return slurm_conf.plugindir != nullptr ? slurm_conf.plugindir : "";
}

}  // namespace

extern "C" {

FORESHAPE_EXPORT extern const char plugin_name[] = "foreshape: backfill, with nodes held for foreseen jobs";
FORESHAPE_EXPORT extern const char plugin_type[] = FORESHAPE_SCHED_TYPE;
FORESHAPE_EXPORT std::uint32_t plugin_version = FORESHAPE_BUILT_FOR;

/// Before Slurm reads it.
[[gnu::constructor]] static void show_version() { plugin_version = foreshape::version_to_show(); }

/// The one failure that is ours to report: without the stock scheduler no job would ever start.
FORESHAPE_EXPORT int init() {
  int started = SLURM_ERROR;
  foreshape::at_boundary("sched init", [&] {
    auto stock = foreshape::load_stock_backfill(plugin_directories());
    if (!stock) {
      slurm_error("foreshape: %s", stock.error().message.c_str());
      return;
    }
    backfill = *stock;
    if (const auto* runtime = foreshape::linked_runtime()) runtime->start();
    started = backfill.init();
  });
  return started;
}

FORESHAPE_EXPORT int fini() {
  const int stopped = backfill.fini != nullptr ? backfill.fini() : SLURM_SUCCESS;
  const auto* runtime = foreshape::linked_runtime();
  if (backfill.fini != nullptr && runtime != nullptr) runtime->stop();
  return stopped;
}

FORESHAPE_EXPORT int sched_p_reconfig() {
  if (const auto* runtime = foreshape::linked_runtime()) runtime->reconfigure();
  return backfill.reconfigure != nullptr ? backfill.reconfigure() : SLURM_SUCCESS;
}
}
