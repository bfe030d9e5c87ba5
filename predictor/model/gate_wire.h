#pragma once
// Gates in FlatBuffers, as the model file and the gate's own file have them.
//
// Runs in: slurmctld (our own threads only) and offline.
// Threads: pure functions.

#include <array>
#include <cstddef>
#include <optional>
#include <string>

#include "model_generated.h"
#include "predictor/model/gate.h"

namespace foreshape {

flatbuffers::Offset<fb::GateOfResource> write_gate(flatbuffers::FlatBufferBuilder& builder,
                                                   std::size_t resource, const GateTable& gate);

/// Puts the gate where it belongs. Returns what is wrong, or nothing; the numbers are left to check_gate.
std::optional<std::string> read_gate(const fb::GateOfResource& from, std::array<GateTable, kResources>& to);

}  // namespace foreshape
