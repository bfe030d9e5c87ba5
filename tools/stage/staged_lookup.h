// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Is there a copy of this that a job may use?
//
// Runs in: offline, as the user whose data it is.
// Threads: one thread.

#include <optional>
#include <string>

#include "predictor/base/clock.h"
#include "predictor/base/result.h"
#include "tools/stage/stage_settings.h"
#include "tools/stage/user_directory.h"

namespace foreshape {

/// Who asks for a copy, and so how long it is kept.
struct CopyUse {
  std::int64_t keep_s = 0;  ///< from now on; at most KeepMax
  bool by_job = true;       ///< counts as a use
};

struct FoundCopy {
  std::string path;          ///< of the copied file or directory
  std::int64_t bytes = 0;    ///< of all its files
  std::int64_t copy_ms = 0;  ///< how long its copying took; 0 = not known
};

/// The newest copy of the source that is complete, the caller's own, unexpired and current: source and
/// copy are listed, and both are what the manifest says. It is then kept for use.keep_s more.
/// source: as of source_name().
/// Errors: not_found - there is none; the message says why not. Others: those of open_source(), open_buffer().
Result<FoundCopy> find_copy(const StageSettings& settings, const std::string& source, const CopyUse& use,
                            const Clock& clock);

/// Where a job finds the data of one of the caller's copies.
std::string data_path(const StageSettings& settings, const CopyName& copy, const std::string& source);

/// How many of the caller's copies no job was told of, by their leases alone: no copy is looked into.
std::uint32_t unused_copies(int user_directory, std::int64_t keep_max_s, UnixSeconds now);

/// The bytes of the caller's copies and drafts but this one, as they say themselves.
std::int64_t claimed_bytes(int user_directory, const std::string& but_draft);

}  // namespace foreshape
