// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the two plugins call in libforeshape_runtime.so: one Runtime serves both.
//
// Runs in: slurmctld.
// Threads: any. None of these functions throws, and none fails: a broken Runtime lets jobs pass.

#include <cstdint>
#include <slurm/slurm.h>

#include "slurm-plugin/base/export.h"

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

/// A job is being changed: counted; a job on its way into a hold leaves it where its size changes.
FORESHAPE_EXPORT void foreshape_modify(job_desc_msg_t* change) noexcept;

/// True for what only Foreshape itself may say of a new job or of a change: the name of one of its
/// reservations. Root and SlurmUser may say it.
/// *err_msg, if there is one, is then one line for the user, and Slurm's to free.
FORESHAPE_EXPORT bool foreshape_refuses(const job_desc_msg_t* job, std::uint32_t caller,
                                        char** err_msg) noexcept;
}
