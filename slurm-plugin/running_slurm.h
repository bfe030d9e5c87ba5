// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which Slurm has loaded us, and which one we were built for. Slurm refuses a plugin whose plugin_version is
// not its own, and slurmctld then does not start: after an upgrade of Slurm that would leave a cluster down
// until we are built anew. So plugin_version says what Slurm wants to read, and where the two differ our
// plugins do nothing.
//
// Runs in: slurmctld.
// Threads: the main thread, while a plugin is being loaded and in init().

#include <cstdint>
#include <slurm/slurm_version.h>
#include <string>

// Another one only for tests/system/never_in_the_way_test.py.
#ifndef FORESHAPE_BUILT_FOR
#define FORESHAPE_BUILT_FOR SLURM_VERSION_NUMBER
#endif

namespace foreshape {

struct RunningSlurm {
  std::uint32_t version = 0;     ///< as SLURM_VERSION_NUMBER; 0: not known
  std::string plugin_directory;  ///< of its own plugins; empty: not known
};

/// As a plugin of Slurm's says that is loaded already: auth/munge, for one, is before any of ours.
/// Looked for once.
const RunningSlurm& running_slurm();

/// What plugin_version must be for Slurm to load us.
std::uint32_t version_to_show() noexcept;

/// Where this is not the Slurm that we were built for: one line that says so; else empty.
std::string wrong_release(std::uint32_t running);

}  // namespace foreshape
