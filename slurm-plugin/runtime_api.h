#pragma once
// What the two plugins call in libforeshape_runtime.so: one Runtime serves both.
//
// Runs in: slurmctld.
// Threads: any. None of these functions throws, and none fails: a broken Runtime lets jobs pass.

#include <cstdint>
#include <slurm/slurm.h>

#include "slurm-plugin/export.h"

extern "C" {

/// Called by each plugin's init(); the first call starts the Runtime. For slurmctld's main thread, while it
/// alone runs: slurm.conf is read from slurm_conf here.
FORESHAPE_EXPORT void foreshape_start() noexcept;

/// Called by each plugin's fini(); the last call writes what is queued and joins all threads.
FORESHAPE_EXPORT void foreshape_stop() noexcept;

/// Has foreshape.conf read again, soon and on our own thread.
FORESHAPE_EXPORT void foreshape_reconfigure() noexcept;

/// Predicts, records, and changes the descriptor where foreshape.conf says so. On any failure the descriptor
/// is as it was. *err_msg, if set, is Slurm's to free.
FORESHAPE_EXPORT void foreshape_submit(job_desc_msg_t* job, std::uint32_t submitter, char** err_msg) noexcept;

/// A pending job is being changed by its user: counted, nothing else.
FORESHAPE_EXPORT void foreshape_modify() noexcept;
}
