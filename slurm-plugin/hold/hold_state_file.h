// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The file that keeps what holds must not forget.
//
// Runs in: slurmctld (agent thread).
// Threads: one at a time.

#include <string>

#include "predictor/base/clock.h"
#include "predictor/base/result.h"
#include "slurm-plugin/hold/hold_state.h"

namespace foreshape {

class HoldStateFile {
 public:
  /// Errors: not_found; those of read_file() and parse_hold_state(). The message names the file.
  Result<HoldState> read(const std::string& path, UnixSeconds now_s);

  /// Only what differs from what was written last. Errors: those of replace_file(); invalid_input - larger than
  /// can be read back. The message names the file.
  Result<void> write(const std::string& path, const HoldState& state);

 private:
  std::string written_;
};

}  // namespace foreshape
