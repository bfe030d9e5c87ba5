// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/trained_arrivals.h"

#include <utility>

namespace foreshape {
namespace {

void add_golden_pairs(const ArrivalShards& shards, ArrivalModel& model) {
  constexpr std::size_t kPairs = 8;
  for (const auto& shard : shards.validate)
    for (const ArrivalSample& sample : shard) {
      if (model.golden.size() == kPairs) return;
      model.golden.push_back(golden_pair(model, sample.input));
      break;  // one of each shard: of several users
    }
}

}  // namespace

Result<TrainedArrivals> add_trained_arrivals(DatasetReader& reader, const HistoryWindows& windows,
                                             const ArrivalShards& shards, ArrivalModel arrivals,
                                             Model& model) {
  const ArrivalModel* one = &arrivals;
  auto scores = score_arrivals(reader, windows.learn_end, windows.validation_end, std::span{&one, 1});
  if (!scores) return tl::make_unexpected(scores.error());
  TrainedArrivals out{std::move(*scores), {}};
  out.reasons = reasons_to_leave_out(out.scores, 0);
  for (ModelMetric& metric : metrics_of(out.scores, 0)) model.card.metrics.push_back(std::move(metric));
  if (!out.reasons.empty()) return out;
  add_golden_pairs(shards, arrivals);
  if (auto good = verify(arrivals); !good) return tl::make_unexpected(good.error());
  model.arrivals = std::move(arrivals);
  return out;
}

}  // namespace foreshape
