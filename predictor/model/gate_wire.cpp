#include "predictor/model/gate_wire.h"

#include <algorithm>
#include <fmt/format.h>
#include <vector>

namespace foreshape {
namespace {

fb::GateTrust gate_trust(UserId uid, const GateLead& lead) {
  return {uid, flatbuffers::make_span(lead.share), flatbuffers::make_span(lead.slopes),
          flatbuffers::make_span(lead.lost), lead.jobs};
}

GateLead lead_of(const fb::GateTrust& trust) {
  GateLead lead;
  std::ranges::copy(*trust.share(), lead.share.begin());
  std::ranges::copy(*trust.slopes(), lead.slopes.begin());
  std::ranges::copy(*trust.lost(), lead.lost.begin());
  lead.jobs = trust.jobs();
  return lead;
}

}  // namespace

flatbuffers::Offset<fb::GateOfResource> write_gate(flatbuffers::FlatBufferBuilder& builder,
                                                   std::size_t resource, const GateTable& gate) {
  std::vector<fb::GateTrust> users;
  users.reserve(gate.users.size());
  for (const GateTable::Entry& entry : gate.users) users.push_back(gate_trust(entry.uid, entry.lead));
  const auto all = builder.CreateVectorOfStructs(users);
  const fb::GateTrust everybody = gate_trust(0, gate.everybody);
  // What an earlier version wants to be there.
  const fb::GateUser nobody{};
  const auto none = builder.CreateVectorOfStructs<fb::GateUser>(nullptr, 0);
  return fb::CreateGateOfResource(builder, static_cast<std::uint8_t>(resource), &nobody, none, &everybody,
                                  all);
}

std::optional<std::string> read_gate(const fb::GateOfResource& from, std::array<GateTable, kResources>& to) {
  if (from.resource() >= kResources) return fmt::format("gates: there is no resource {}", from.resource());
  GateTable& gate = to[from.resource()];
  if (gate != GateTable{}) return fmt::format("gates: two for resource {}", from.resource());
  // An earlier gate's leads can't be told in these terms: it begins anew, from everybody's first job.
  if (from.everybody_trust() == nullptr || from.user_trusts() == nullptr) return std::nullopt;
  gate.everybody = lead_of(*from.everybody_trust());
  gate.users.reserve(from.user_trusts()->size());
  for (const auto* user : *from.user_trusts()) gate.users.push_back({user->uid(), lead_of(*user)});
  return std::nullopt;
}

}  // namespace foreshape
