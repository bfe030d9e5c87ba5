#include "predictor/model/gate_wire.h"

#include <fmt/format.h>
#include <vector>

namespace foreshape {
namespace {

fb::GateUser gate_user(UserId uid, const GateLead& lead) {
  return {uid, lead.quantiles, lead.typical, lead.jobs};
}

GateLead lead_of(const fb::GateUser& user) { return {user.quantiles(), user.typical(), user.jobs()}; }

}  // namespace

flatbuffers::Offset<fb::GateOfResource> write_gate(flatbuffers::FlatBufferBuilder& builder,
                                                   std::size_t resource, const GateTable& gate) {
  std::vector<fb::GateUser> users;
  users.reserve(gate.users.size());
  for (const GateTable::Entry& entry : gate.users) users.push_back(gate_user(entry.uid, entry.lead));
  const auto all = builder.CreateVectorOfStructs(users);
  const fb::GateUser everybody = gate_user(0, gate.everybody);
  return fb::CreateGateOfResource(builder, static_cast<std::uint8_t>(resource), &everybody, all);
}

std::optional<std::string> read_gate(const fb::GateOfResource& from, std::array<GateTable, kResources>& to) {
  if (from.resource() >= kResources) return fmt::format("gates: there is no resource {}", from.resource());
  GateTable& gate = to[from.resource()];
  if (gate != GateTable{}) return fmt::format("gates: two for resource {}", from.resource());
  gate.everybody = lead_of(*from.everybody());
  gate.users.reserve(from.users()->size());
  for (const auto* user : *from.users()) gate.users.push_back({user->uid(), lead_of(*user)});
  return std::nullopt;
}

}  // namespace foreshape
