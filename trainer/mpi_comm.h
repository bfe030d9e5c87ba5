// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The ranks that mpirun or srun started. The only file that knows MPI.
//
// Runs in: offline.
// Threads: main thread only.

#include <memory>

#include "trainer/comm.h"

namespace foreshape {

/// Joins the other ranks; leaves them when it is destroyed. Once a process. Without mpirun or srun: one rank.
std::unique_ptr<Comm> join_ranks();

/// Ends all ranks at once with that exit code, for a rank that cannot go on and cannot say so at the next
/// meeting. Does not return.
[[noreturn]] void abort_all_ranks(int code);

}  // namespace foreshape
