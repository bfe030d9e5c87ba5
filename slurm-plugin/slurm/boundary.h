// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The border between C and us: nothing that we throw may reach Slurm, where it would end slurmctld.
//
// Runs in: slurmctld.
// Threads: any.

#include <exception>
#include <utility>

#include "slurm-plugin/slurm/slurm_abi.h"

namespace foreshape {

/// Does the work; if it throws, hands the reason (valid during the call) to complain and returns false.
/// complain must not throw.
template <class Work, class Complain>
bool guarded(Work&& work, Complain&& complain) noexcept {
  try {
    std::forward<Work>(work)();
    return true;
  } catch (const std::exception& e) {
    complain(e.what());
  } catch (...) {
    complain("unknown failure");
  }
  return false;
}

/// guarded() for an entry point of a plugin: a failure is one line in slurmctld's log, and success for Slurm.
template <class Work>
int at_boundary(const char* call, Work&& work) noexcept {
  guarded(std::forward<Work>(work),
          [call](const char* why) { slurm_error("foreshape: %s: %s; nothing was changed", call, why); });
  return SLURM_SUCCESS;
}

}  // namespace foreshape
