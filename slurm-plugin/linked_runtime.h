// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The Runtime as our plugins reach it: loaded by the first of them, and only into the Slurm that it was built
// for. Were they linked to it, a library that is missing after an upgrade would keep slurmctld from starting.
//
// Runs in: slurmctld.
// Threads: the first call on the main thread, in init(); later ones from any.

#include "slurm-plugin/runtime_api.h"

namespace foreshape {

/// What libforeshape_runtime.so exports; see runtime_api.h.
struct LinkedRuntime {
  decltype(&foreshape_start) start = nullptr;
  decltype(&foreshape_stop) stop = nullptr;
  decltype(&foreshape_reconfigure) reconfigure = nullptr;
  decltype(&foreshape_submit) submit = nullptr;
  decltype(&foreshape_modify) modify = nullptr;
  decltype(&foreshape_refuses) refuses = nullptr;
};

/// nullptr: it must not or cannot be loaded here. slurmctld's log has had one line that says why.
const LinkedRuntime* linked_runtime() noexcept;

}  // namespace foreshape
