// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Staging: a file or tree becomes a verified copy in the buffer, or nothing does.
//
// Runs in: offline, as the user whose data it is.
// Threads: one thread.

#include <functional>
#include <string>

#include "predictor/base/clock.h"
#include "predictor/base/result.h"
#include "tools/stage/stage_settings.h"

namespace foreshape {

struct StageRequest {
  std::string source;  ///< as of source_name()
  bool with_checksums = false;
  /// Nothing younger is copied: a change within one tick of the file system's clock would not show.
  std::int64_t settle_s = 2;
  /// Asked after each few MiB; an error ends the copying.
  std::function<Result<void>()> proceed = [] { return Result<void>{}; };
};

struct StagedCopy {
  std::string path;  ///< of the copied file or directory
  std::int64_t bytes = 0;
  std::size_t entries = 0;
  std::int64_t copy_ms = 0;  ///< how long it took; 0 where it is not new
  bool is_new = false;       ///< false: there was a current one, which is now kept for longer
};

/// Copies the source into the caller's directory of settings.buffer. The copy is seen by find_copy() only once it
/// is complete, verified and on the disk, and the source was listed again and found unchanged. Whatever comes in
/// between, a kill too, leaves at most a draft that the next call, or a sweep, removes.
///
/// Errors: those of open_source(), list_tree(), open_buffer(); busy - it changed while it was copied, is still
/// being written, or is being copied already; unavailable - no space within the caps, a failing disk.
Result<StagedCopy> stage_copy(const StageSettings& settings, const StageRequest& request, const Clock& clock);

}  // namespace foreshape
