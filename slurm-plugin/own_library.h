// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The library that this is linked into, and why another could not be loaded.
//
// Runs in: slurmctld.
// Threads: any.

#include <string>

namespace foreshape {

/// Where it was loaded from; empty: not known.
std::string own_library();

/// Of the last dlopen() or dlsym() on this thread.
std::string load_error();

}  // namespace foreshape
