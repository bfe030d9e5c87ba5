// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A command as one would type it again, for a report that says how it was made.
//
// Runs in: offline.
// Threads: pure functions.

#include <string>
#include <string_view>

#include "tools/cli/command.h"

namespace foreshape {

/// A word as a shell takes it: quoted where it must be.
std::string shell_word(std::string_view word);

/// "foreshape replay --site --partition 'big nodes'": each word quoted for a shell where it must be. What --db names may be a
/// password, and a report goes to many: "CONNINFO" stands for it.
std::string shell_line(std::string_view program, const Args& args);

}  // namespace foreshape
