// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/model/model_file.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <span>
#include <utility>

#include "predictor/base/sealed.h"
#include "predictor/model/arrival_wire.h"
#include "predictor/model/blend_wire.h"
#include "predictor/model/features/features_hash.h"
#include "predictor/model/wire.h"

namespace foreshape {
namespace {

constexpr SealedKind kModelFile{"FSHMODL\n", 1, "foreshape-train"};

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;

// Writing

Offset<fb::ModelCard> write_card(FlatBufferBuilder& builder, const ModelCard& card) {
  std::vector<Offset<fb::ModelMetric>> metrics;
  for (const ModelMetric& m : card.metrics) {
    const auto predictor = builder.CreateString(m.predictor);
    const auto name = builder.CreateString(m.name);
    metrics.push_back(fb::CreateModelMetric(builder, predictor, name, m.value));
  }
  const auto revision = builder.CreateString(card.revision);
  const auto input = builder.CreateString(card.input);
  const auto all = builder.CreateVector(metrics);
  return fb::CreateModelCard(builder, card.made_s, card.data_from_s, card.data_to_s, card.rows, card.users,
                             card.seed, card.steps, card.ranks, card.parent, revision, input, all);
}

Offset<fb::ModelGolden> write_golden(FlatBufferBuilder& builder, const GoldenPair& pair) {
  const ModelInput& in = pair.input;
  const auto job = vector_of(builder, in.job);
  const auto identities = vector_of(builder, in.identities);
  const auto pairs = first_of(builder, in.pairs, in.candidates * kPairFeatures);
  const auto values = first_of(builder, in.values, in.candidates * kResources);
  const auto known = first_of(builder, in.known, in.candidates * kResources);
  const auto bound = vector_of(builder, in.bound);
  const auto reference = vector_of(builder, in.reference);
  std::vector<float> all;
  for (const auto& levels : pair.quantiles) all.insert(all.end(), levels.begin(), levels.end());
  const auto quantiles = vector_of(builder, all);
  return fb::CreateModelGolden(builder, job, identities, in.candidates, pairs, values, known, bound,
                               reference, quantiles);
}

// Reading: each function returns what is wrong, or nothing.

Wrong read_features(const fb::Model& from) {
  if (from.features_version() != kFeaturesVersion)
    return fmt::format(
        "features_version: made for version {} of the features, this program has {}; retrain it",
        from.features_version(), kFeaturesVersion);
  if (from.features_hash() != features_hash())
    return "features_hash: made for a different list of features; retrain it";
  return std::nullopt;
}

Wrong read_card(const fb::ModelCard& from, ModelCard& to) {
  to = {.made_s = from.made_s(),
        .data_from_s = from.data_from_s(),
        .data_to_s = from.data_to_s(),
        .rows = from.rows(),
        .users = from.users(),
        .seed = from.seed(),
        .steps = from.steps(),
        .ranks = from.ranks(),
        .parent = from.parent(),
        .revision = from.revision()->str(),
        .input = from.input()->str(),
        .metrics = {}};
  if (from.metrics()->size() > ModelBounds::kMetrics) return "card: too many metrics";
  for (const auto* metric : *from.metrics())
    to.metrics.push_back({metric->predictor()->str(), metric->name()->str(), metric->value()});
  return std::nullopt;
}

Wrong read_golden(const fb::ModelGolden& from, GoldenPair& to) {
  ModelInput& in = to.input;
  in.candidates = from.candidates();
  if (in.candidates > kPointed) return fmt::format("golden.candidates: {} are too many", in.candidates);
  std::array<float, kResources * kQuantileLevels.size()> quantiles{};
  const std::size_t n = in.candidates;
  Wrong wrong = read_numbers("golden.job", *from.job(), std::span{in.job});
  if (!wrong) wrong = read_numbers("golden.identities", *from.identities(), std::span{in.identities});
  if (!wrong)
    wrong = read_numbers("golden.pairs", *from.pairs(), std::span{in.pairs}.first(n * kPairFeatures));
  if (!wrong)
    wrong = read_numbers("golden.values", *from.values(), std::span{in.values}.first(n * kResources));
  if (!wrong) wrong = read_numbers("golden.known", *from.known(), std::span{in.known}.first(n * kResources));
  if (!wrong) wrong = read_numbers("golden.bound", *from.bound(), std::span{in.bound});
  if (!wrong) wrong = read_numbers("golden.reference", *from.reference(), std::span{in.reference});
  if (!wrong) wrong = read_numbers("golden.quantiles", *from.quantiles(), std::span{quantiles});
  for (std::size_t r = 0; r < kResources; ++r)
    std::copy_n(quantiles.begin() + static_cast<std::ptrdiff_t>(r * kQuantileLevels.size()),
                kQuantileLevels.size(), to.quantiles[r].begin());
  return wrong;
}

Wrong read_fields(const fb::Model& from, Model& to) {
  if (Wrong wrong = read_features(from)) return wrong;
  to.sizes = {from.hidden(), from.pair_hidden(), from.embedding(), from.identity_buckets()};
  to.weights.assign(from.weights()->begin(), from.weights()->end());
  if (from.serves() >= 1U << kResources) return fmt::format("serves: {} is out of bounds", from.serves());
  for (std::size_t r = 0; r < kResources; ++r) to.serves[r] = (from.serves() >> r & 1U) != 0;
  if (Wrong wrong = read_card(*from.card(), to.card)) return wrong;
  if (from.golden()->size() > ModelBounds::kGolden) return "golden: too many pairs";
  for (const auto* pair : *from.golden())
    if (Wrong wrong = read_golden(*pair, to.golden.emplace_back())) return wrong;
  for (const auto* blend : *from.blends())
    if (Wrong wrong = read_blend(*blend, to.blends)) return wrong;
  return from.arrivals() != nullptr ? read_arrivals(*from.arrivals(), to.arrivals.emplace()) : std::nullopt;
}

tl::unexpected<Error> corrupt(const std::string& what) {
  return failure(ErrorCode::corrupt, "not a usable model: " + what);
}

}  // namespace

Result<std::string> model_bytes(const Model& model) {
  if (auto fine = check(model); !fine) return tl::make_unexpected(fine.error());
  FlatBufferBuilder builder(model.weights.size() * sizeof(float) + 65'536);
  const auto weights = vector_of(builder, model.weights);
  const auto card = write_card(builder, model.card);
  std::vector<Offset<fb::ModelGolden>> golden;
  for (const GoldenPair& pair : model.golden) golden.push_back(write_golden(builder, pair));
  std::vector<Offset<fb::BlendOfResource>> blends;
  std::uint32_t serves = 0;
  for (std::size_t r = 0; r < kResources; ++r) {
    if (!model.serves[r]) continue;
    serves |= 1U << r;
    blends.push_back(write_blend(builder, r, model.blends[r]));
  }
  const auto all_golden = builder.CreateVector(golden);
  const auto all_blends = builder.CreateVector(blends);
  Offset<fb::ArrivalPart> arrivals;
  if (model.arrivals) arrivals = write_arrivals(builder, *model.arrivals);
  const NetworkSizes& s = model.sizes;
  builder.Finish(
      fb::CreateModel(builder, kFeaturesVersion, features_hash(), s.hidden, s.pair_hidden, s.embedding,
                      s.identity_buckets, serves, weights, card, all_golden, all_blends, arrivals),
      fb::ModelIdentifier());
  return seal(kModelFile, {builder.GetBufferPointer(), builder.GetSize()});
}

Result<Model> parse_model(std::string_view bytes) {
  const auto payload = unseal(kModelFile, bytes);
  if (!payload) return corrupt(payload.error().message);
  // FlatBuffers wants its payload aligned; a view may begin anywhere.
  const std::vector<std::uint8_t> aligned(payload->begin(), payload->end());
  flatbuffers::Verifier verifier(aligned.data(), aligned.size());
  if (!fb::VerifyModelBuffer(verifier)) return corrupt("its structure is damaged");
  Model model;
  if (const Wrong wrong = read_fields(*fb::GetModel(aligned.data()), model)) return corrupt(*wrong);
  if (const auto fine = check(model); !fine) return corrupt(fine.error().message);
  model.checksum = seal_checksum(bytes);
  return model;
}

Result<Model> read_model(const std::string& path, const std::optional<FileTrust>& trust) {
  const auto bytes = read_file(path, kMaxModelBytes, trust);
  if (!bytes) return tl::make_unexpected(bytes.error());
  return parse_model(*bytes).map_error([&](const Error& e) { return about(path, e); });
}

Result<Model> read_verified_model(const std::string& path, const std::optional<FileTrust>& trust) {
  auto model = read_model(path, trust);
  if (!model) return model;
  if (const auto good = verify(*model); !good) return tl::make_unexpected(about(path, good.error()));
  return model;
}

Result<void> write_model(const std::string& path, const Model& model) {
  const auto bytes = model_bytes(model);
  if (!bytes) return tl::make_unexpected(about(path, bytes.error()));
  return replace_file(path, *bytes, 0644);
}

}  // namespace foreshape
