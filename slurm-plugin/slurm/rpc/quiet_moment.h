// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// When a thread of ours may call Slurm's API. Inside slurmctld it reads slurm_conf with no lock held, while a
// reconfigure fills it anew: slurm_open_controller_conn() divides by its slurmctld_port_count, which is zero
// meanwhile, and has ended slurmctld by SIGFPE (22.05, in a burst of reconfigures). That is Slurm's fault: it
// gives its lock on slurm_conf back (in _slurm_api_get_comm_config()) and divides after that, where newer
// releases divide within; from 23.11 on a reconfigure is another process anyway. A plugin can't help it:
// whoever held that lock around a call would wait for himself, and there is no hook before a reconfigure. But
// what comes close together can be kept apart: the calls of a pass that a reconfigure woke up, and the next
// reconfigure.
//
// Runs in: slurmctld (agent thread only).
// Threads: one.

#include <chrono>

#include "predictor/base/result.h"

namespace foreshape {

/// slurm.conf must have been read so long ago.
inline constexpr std::chrono::seconds kQuietTime{1};
/// No call waits for longer; who waited in vain does not wait again for as long.
inline constexpr std::chrono::seconds kQuietPatience{4};

/// Waits until slurmctld has not read slurm.conf for kQuietTime. Errors: unavailable - it does so all the
/// time.
Result<void> await_quiet_moment();

}  // namespace foreshape
