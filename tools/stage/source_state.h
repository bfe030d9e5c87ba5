// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a user's input is like now: looked at with that user's rights.
//
// Runs in: offline, as root or as the user.
// Threads: main thread only: a process is forked.

#include <array>
#include <cstdint>
#include <string>
#include <sys/types.h>

#include "tools/stage/stage_settings.h"

namespace foreshape {

/// While so many copies of a user were not used by any job, nothing is planned for them.
inline constexpr std::uint32_t kMaxUnused = 2;

/// Plain memory: it comes through a pipe.
struct SourceState {
  bool readable = false;
  bool staged = false;                 ///< there is a copy that a job may use
  std::int64_t bytes = 0;              ///< of the source; not looked at where that decides nothing
  std::uint32_t unused = 0;            ///< the user's copies that no job was told of
  std::array<char, 64> file_system{};  ///< where it is mounted
  std::array<char, 200> why{};         ///< where it is not readable
};

/// Looks for half a minute at most: what takes longer is not readable.
SourceState look_at_source(const StageSettings& settings, uid_t uid, const std::string& source);

}  // namespace foreshape
