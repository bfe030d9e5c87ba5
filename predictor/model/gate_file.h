#pragma once
// What the gate has learned since its model came into force, in a small file: so that a restart loses
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
#include "predictor/model/gate.h"

namespace foreshape {

struct GateState {
  std::uint64_t model = 0;  ///< checksum of the model that it judges: of no use for another
  std::array<GateTable, kResources> gates;
  friend bool operator==(const GateState&, const GateState&) = default;
};

std::string gate_bytes(const GateState& state);

/// Errors: corrupt - damaged, out of order, or a number that is none.
Result<GateState> parse_gate(std::string_view bytes);

/// Errors: those of read_file and parse_gate; the message names the file.
Result<GateState> read_gate(const std::string& path, const std::optional<FileTrust>& trust = std::nullopt);

}  // namespace foreshape
