// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/model/blend_wire.h"

#include <algorithm>
#include <fmt/format.h>
#include <vector>

namespace foreshape {
namespace {

fb::BlendTrust blend_trust(UserId uid, const BlendLead& lead) {
  return {uid, flatbuffers::make_span(lead.share), flatbuffers::make_span(lead.slopes),
          flatbuffers::make_span(lead.lost), lead.jobs};
}

BlendLead lead_of(const fb::BlendTrust& trust) {
  BlendLead lead;
  std::ranges::copy(*trust.share(), lead.share.begin());
  std::ranges::copy(*trust.slopes(), lead.slopes.begin());
  std::ranges::copy(*trust.lost(), lead.lost.begin());
  lead.jobs = trust.jobs();
  return lead;
}

/// A file that was written before there were any has none.
std::optional<std::string> read_widenings(const fb::BlendOfResource& from, TailWidenings& to) {
  if (from.widenings() == nullptr) return std::nullopt;
  if (from.widenings()->size() != to.size())
    return fmt::format("blends: {} widenings, {} are known", from.widenings()->size(), to.size());
  for (std::size_t i = 0; i < to.size(); ++i) {
    const auto* const widening = from.widenings()->Get(static_cast<flatbuffers::uoffset_t>(i));
    to[i] = {widening->by(), widening->slopes()};
  }
  return std::nullopt;
}

}  // namespace

flatbuffers::Offset<fb::BlendOfResource> write_blend(flatbuffers::FlatBufferBuilder& builder,
                                                     std::size_t resource, const BlendTable& blend) {
  std::vector<fb::BlendTrust> users;
  users.reserve(blend.users.size());
  for (const BlendTable::Entry& entry : blend.users) users.push_back(blend_trust(entry.uid, entry.lead));
  const auto all = builder.CreateVectorOfStructs(users);
  const fb::BlendTrust everybody = blend_trust(0, blend.everybody);
  std::vector<fb::TailWidening> widenings;
  for (const TailWidening& widening : blend.widenings) widenings.emplace_back(widening.by, widening.slopes);
  const auto tails = builder.CreateVectorOfStructs(widenings);
  // What an earlier version wants to be there.
  const fb::BlendUser nobody{};
  const auto none = builder.CreateVectorOfStructs<fb::BlendUser>(nullptr, 0);
  return fb::CreateBlendOfResource(builder, static_cast<std::uint8_t>(resource), &nobody, none, &everybody,
                                   all, tails);
}

std::optional<std::string> read_blend(const fb::BlendOfResource& from,
                                      std::array<BlendTable, kResources>& to) {
  if (from.resource() >= kResources) return fmt::format("blends: there is no resource {}", from.resource());
  BlendTable& blend = to[from.resource()];
  if (blend != BlendTable{}) return fmt::format("blends: two for resource {}", from.resource());
  // An earlier blend's leads can't be told in these terms: it begins anew, from everybody's first job.
  if (from.everybody_trust() == nullptr || from.user_trusts() == nullptr) return std::nullopt;
  blend.everybody = lead_of(*from.everybody_trust());
  blend.users.reserve(from.user_trusts()->size());
  for (const auto* user : *from.user_trusts()) blend.users.push_back({user->uid(), lead_of(*user)});
  return read_widenings(from, blend.widenings);
}

}  // namespace foreshape
