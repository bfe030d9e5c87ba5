// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A working directory that one program at a time may use.
//
// Runs in: offline.
// Threads: one owner at a time.

#include <string>

#include "predictor/base/descriptor.h"
#include "predictor/base/result.h"

namespace foreshape {

/// Makes the directory and those above it where they are missing (open_owned_directory), and takes the lock
/// file `name` in it, held for as long as the descriptor lives. holder: who else may have it, for the message.
/// Errors: those of open_owned_directory; busy - somebody has it; unavailable.
Result<Descriptor> lock_directory(const std::string& directory, const std::string& name,
                                  const std::string& holder);

}  // namespace foreshape
