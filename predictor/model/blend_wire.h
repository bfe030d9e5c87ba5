// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Blends in FlatBuffers, as the model file and the blend's own file have them.
//
// Runs in: slurmctld (our own threads only) and offline.
// Threads: pure functions.

#include <array>
#include <cstddef>
#include <optional>
#include <string>

#include "model_generated.h"
#include "predictor/model/blend.h"

namespace foreshape {

flatbuffers::Offset<fb::BlendOfResource> write_blend(flatbuffers::FlatBufferBuilder& builder,
                                                     std::size_t resource, const BlendTable& blend);

/// Puts the blend where it belongs. Returns what is wrong, or nothing; the numbers are left to check_blend.
std::optional<std::string> read_blend(const fb::BlendOfResource& from,
                                      std::array<BlendTable, kResources>& to);

}  // namespace foreshape
