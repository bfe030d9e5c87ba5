// The plugin sched/foreshape: Slurm's own backfill scheduler, unchanged, with the Runtime beside it.
// Built twice: as sched_foreshape.so, and as a drop-in named sched_backfill.so (README.md says why).

#include <cstdint>

#include "slurm-plugin/boundary.h"
#include "slurm-plugin/export.h"
#include "slurm-plugin/runtime_api.h"
#include "slurm-plugin/slurm_abi.h"
#include "slurm-plugin/stock_backfill.h"

#ifndef FORESHAPE_SCHED_TYPE
#define FORESHAPE_SCHED_TYPE "sched/foreshape"
#endif

namespace {

foreshape::StockBackfill backfill;  // set by init(), on slurmctld's main thread, before anyone else calls

}  // namespace

extern "C" {

FORESHAPE_EXPORT extern const char plugin_name[] = "foreshape: backfill, with nodes held for foreseen jobs";
FORESHAPE_EXPORT extern const char plugin_type[] = FORESHAPE_SCHED_TYPE;
FORESHAPE_EXPORT extern const std::uint32_t plugin_version = SLURM_VERSION_NUMBER;

/// The one failure that is ours to report: without the stock scheduler no job would ever start.
FORESHAPE_EXPORT int init() {
  int started = SLURM_ERROR;
  foreshape::at_boundary("sched init", [&] {
    auto stock = foreshape::load_stock_backfill(slurm_conf.plugindir != nullptr ? slurm_conf.plugindir : "");
    if (!stock) {
      slurm_error("foreshape: %s", stock.error().message.c_str());
      return;
    }
    backfill = *stock;
    foreshape_start();
    started = backfill.init();
  });
  return started;
}

FORESHAPE_EXPORT int fini() {
  const int stopped = backfill.fini != nullptr ? backfill.fini() : SLURM_SUCCESS;
  if (backfill.fini != nullptr) foreshape_stop();
  return stopped;
}

FORESHAPE_EXPORT int sched_p_reconfig() {
  foreshape_reconfigure();
  return backfill.reconfigure != nullptr ? backfill.reconfigure() : SLURM_SUCCESS;
}
}
