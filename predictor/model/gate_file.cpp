#include "predictor/model/gate_file.h"

#include <vector>

#include "predictor/base/sealed.h"
#include "predictor/model/gate_wire.h"

namespace foreshape {
namespace {

constexpr SealedKind kGateFile{"FSHGATE\n", 1, "plugin"};
constexpr const char* kIdentifier = "FSGT";
constexpr std::size_t kMaxBytes = 64U << 20U;

tl::unexpected<Error> corrupt(const std::string& what) {
  return failure(ErrorCode::corrupt, "not a usable state of the gate: " + what);
}

}  // namespace

std::string gate_bytes(const GateState& state) {
  flatbuffers::FlatBufferBuilder builder;
  std::vector<flatbuffers::Offset<fb::GateOfResource>> gates;
  for (std::size_t r = 0; r < kResources; ++r)
    if (state.gates[r] != GateTable{}) gates.push_back(write_gate(builder, r, state.gates[r]));
  const auto all = builder.CreateVector(gates);
  builder.Finish(fb::CreateGateState(builder, state.model, all), kIdentifier);
  return seal(kGateFile, {builder.GetBufferPointer(), builder.GetSize()});
}

Result<GateState> parse_gate(std::string_view bytes) {
  const auto payload = unseal(kGateFile, bytes);
  if (!payload) return corrupt(payload.error().message);
  const std::vector<std::uint8_t> aligned(payload->begin(), payload->end());
  flatbuffers::Verifier verifier(aligned.data(), aligned.size());
  if (!verifier.VerifyBuffer<fb::GateState>(kIdentifier)) return corrupt("its structure is damaged");
  const auto& from = *flatbuffers::GetRoot<fb::GateState>(aligned.data());
  GateState state{from.model(), {}};
  for (const auto* gate : *from.gates())
    if (const auto wrong = read_gate(*gate, state.gates)) return corrupt(*wrong);
  for (const GateTable& gate : state.gates)
    if (const auto fine = check_gate(gate); !fine) return corrupt(fine.error().message);
  return state;
}

Result<GateState> read_gate(const std::string& path, const std::optional<FileTrust>& trust) {
  const auto bytes = read_file(path, kMaxBytes, trust);
  if (!bytes) return tl::make_unexpected(bytes.error());
  return parse_gate(*bytes).map_error([&](const Error& e) { return about(path, e); });
}

}  // namespace foreshape
