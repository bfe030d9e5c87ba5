// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the blend has learned since its model came into force, in a small file: so that a restart loses
// nothing.
//
// Runs in: slurmctld (agent thread) and offline.
// Threads: pure functions over the file system.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "predictor/base/file.h"
#include "predictor/base/result.h"
#include "predictor/model/blend.h"

namespace foreshape {

struct BlendState {
  std::uint64_t model = 0;  ///< checksum of the model that it judges: of no use for another
  std::array<BlendTable, kResources> blends;
  friend bool operator==(const BlendState&, const BlendState&) = default;
};

std::string blend_bytes(const BlendState& state);

/// Errors: corrupt - damaged, out of order, or not a finite number.
Result<BlendState> parse_blend(std::string_view bytes);

/// Errors: those of read_file and parse_blend; the message names the file.
Result<BlendState> read_blend(const std::string& path, const std::optional<FileTrust>& trust = std::nullopt);

}  // namespace foreshape
