// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A fit's state on disk: whole or not at all, and never that of another training.
//
// Runs in: offline.
// Threads: pure functions over the file system.

#include <string>

#include "predictor/base/result.h"
#include "trainer/fit.h"

namespace foreshape {

/// training: what must be the same for the state to mean anything (settings, data set), for people to read.
std::string checkpoint_bytes(const std::string& training, const FitState& state);

/// Errors: corrupt - damaged or cut short; invalid_input - of another training, with what differs.
Result<FitState> parse_checkpoint(std::string_view bytes, const std::string& training, std::size_t weights);

/// Replaces the file in one step; mode 0600. Errors: those of replace_file.
Result<void> write_checkpoint(const std::string& path, const std::string& training, const FitState& state);

inline constexpr std::size_t kMaxCheckpointBytes = std::size_t{1} << 30U;

}  // namespace foreshape
