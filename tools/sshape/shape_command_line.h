// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The options that sshape takes, and what --help says of them.
//
// Runs in: offline.
// Threads: main thread only.

#include "tools/cli/options.h"

namespace foreshape {

CommandLine shape_command_line();

}  // namespace foreshape
