// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/model/arrival_wire.h"

#include <vector>

namespace foreshape {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;

Offset<fb::ArrivalGolden> write_golden(FlatBufferBuilder& builder, const ArrivalGolden& pair) {
  const ArrivalInput& in = pair.input;
  const auto x = vector_of(builder, in.x);
  const auto prior = vector_of(builder, in.prior);
  const auto rows = first_of(builder, in.rows, in.shapes * kShapeFeatures);
  const auto hazards = vector_of(builder, pair.forecast.hazards);
  const auto next = vector_of(builder, pair.forecast.shapes);
  const auto latency = vector_of(builder, pair.forecast.latency);
  return fb::CreateArrivalGolden(builder, x, prior, in.shapes, rows, hazards, next, latency);
}

Wrong read_golden(const fb::ArrivalGolden& from, ArrivalGolden& to) {
  ArrivalInput& in = to.input;
  in.shapes = from.shapes();
  if (in.shapes > kShapes) return fmt::format("arrivals.golden.shapes: {} are too many", in.shapes);
  const auto rows = std::span{in.rows}.first(in.shapes * kShapeFeatures);
  Wrong wrong = read_numbers("arrivals.golden.x", *from.x(), std::span{in.x});
  if (!wrong) wrong = read_numbers("arrivals.golden.prior", *from.prior(), std::span{in.prior});
  if (!wrong) wrong = read_numbers("arrivals.golden.rows", *from.rows(), rows);
  if (!wrong)
    wrong = read_numbers("arrivals.golden.hazards", *from.hazards(), std::span{to.forecast.hazards});
  if (!wrong) wrong = read_numbers("arrivals.golden.next", *from.next(), std::span{to.forecast.shapes});
  if (!wrong)
    wrong = read_numbers("arrivals.golden.latency", *from.latency(), std::span{to.forecast.latency});
  return wrong;
}

}  // namespace

Offset<fb::ArrivalPart> write_arrivals(FlatBufferBuilder& builder, const ArrivalModel& model) {
  std::vector<Offset<fb::ArrivalGolden>> golden;
  for (const ArrivalGolden& pair : model.golden) golden.push_back(write_golden(builder, pair));
  const auto weights = vector_of(builder, model.weights);
  const auto all_golden = builder.CreateVector(golden);
  return fb::CreateArrivalPart(builder, kArrivalFeaturesVersion, arrival_features_hash(), model.hidden,
                               weights, all_golden);
}

Wrong read_arrivals(const fb::ArrivalPart& from, ArrivalModel& to) {
  if (from.features_version() != kArrivalFeaturesVersion || from.features_hash() != arrival_features_hash())
    return "arrivals.features_hash: made for a different set of next-submission features; retrain it";
  to.hidden = from.hidden();
  to.weights.assign(from.weights()->begin(), from.weights()->end());
  if (from.golden()->size() > ArrivalModel::kMaxGolden) return "arrivals.golden: too many pairs";
  for (const auto* pair : *from.golden())
    if (Wrong wrong = read_golden(*pair, to.golden.emplace_back())) return wrong;
  return std::nullopt;
}

}  // namespace foreshape
