// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/model/blend_file.h"

#include <vector>

#include "predictor/base/sealed.h"
#include "predictor/model/blend_wire.h"

namespace foreshape {
namespace {

constexpr SealedKind kBlendFile{"FSHGATE\n", 1, "plugin"};
constexpr const char* kIdentifier = "FSGT";
constexpr std::size_t kMaxBytes = 64U << 20U;

tl::unexpected<Error> corrupt(const std::string& what) {
  return failure(ErrorCode::corrupt, "not a usable state of the blend: " + what);
}

}  // namespace

std::string blend_bytes(const BlendState& state) {
  flatbuffers::FlatBufferBuilder builder;
  std::vector<flatbuffers::Offset<fb::BlendOfResource>> blends;
  for (std::size_t r = 0; r < kResources; ++r)
    if (state.blends[r] != BlendTable{}) blends.push_back(write_blend(builder, r, state.blends[r]));
  const auto all = builder.CreateVector(blends);
  builder.Finish(fb::CreateBlendState(builder, state.model, all), kIdentifier);
  return seal(kBlendFile, {builder.GetBufferPointer(), builder.GetSize()});
}

Result<BlendState> parse_blend(std::string_view bytes) {
  const auto payload = unseal(kBlendFile, bytes);
  if (!payload) return corrupt(payload.error().message);
  const std::vector<std::uint8_t> aligned(payload->begin(), payload->end());
  flatbuffers::Verifier verifier(aligned.data(), aligned.size());
  if (!verifier.VerifyBuffer<fb::BlendState>(kIdentifier)) return corrupt("its structure is damaged");
  const auto& from = *flatbuffers::GetRoot<fb::BlendState>(aligned.data());
  BlendState state{from.model(), {}};
  for (const auto* blend : *from.blends())
    if (const auto wrong = read_blend(*blend, state.blends)) return corrupt(*wrong);
  for (const BlendTable& blend : state.blends)
    if (const auto fine = check_blend(blend); !fine) return corrupt(fine.error().message);
  return state;
}

Result<BlendState> read_blend(const std::string& path, const std::optional<FileTrust>& trust) {
  const auto bytes = read_file(path, kMaxBytes, trust);
  if (!bytes) return tl::make_unexpected(bytes.error());
  return parse_blend(*bytes).map_error([&](const Error& e) { return about(path, e); });
}

}  // namespace foreshape
