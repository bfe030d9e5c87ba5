// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Where log lines go: slurmctld's log in the plugins, stderr in the programs, a vector in tests.
//
// Runs in: slurmctld and offline.
// Threads: a LogSink must accept calls from any thread.

#include <functional>
#include <string_view>

namespace foreshape {

enum class LogLevel { error, info, debug };

/// Takes one line without the "foreshape: " prefix and without a newline.
using LogSink = std::function<void(LogLevel, std::string_view)>;

}  // namespace foreshape
