// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/trained_model.h"

namespace foreshape {
namespace {

/// Some inputs of validation jobs: what the network says of them goes with the model.
void add_golden_pairs(const SampleShards& shards, Model& model) {
  constexpr std::size_t kPairs = 8;
  for (const auto& shard : shards.validate)
    for (const Sample& sample : shard) {
      if (model.golden.size() == kPairs) return;
      model.golden.push_back(golden_pair(model, sample.input));
    }
}

Result<void> add_window(DatasetReader& reader, ModelCard& card, std::uint64_t jobs) {
  std::array<TracedJob, 1> last{};
  if (auto read = reader.read(jobs - 1, last); !read) return read;
  card.data_from_s = reader.first_submit_s();
  card.data_to_s = last[0].request.submit_s;
  card.rows = jobs;
  card.users = reader.users().size();
  return {};
}

}  // namespace

Result<TrainedModel> make_trained_model(DatasetReader& reader, const HistoryWindows& windows,
                                        const SampleShards& shards, const NetworkSizes& sizes,
                                        std::vector<float> weights, ModelCard card,
                                        const std::function<void(std::uint64_t)>& progress) {
  TrainedModel out;
  Model& model = out.model;
  model.sizes = sizes;
  model.weights = std::move(weights);
  model.serves = shards.known;
  const Model* one = &model;
  auto scores = score_window(reader, windows.learn_end, windows.validation_end, std::span{&one, 1}, progress);
  if (!scores) return tl::make_unexpected(scores.error());
  const ModelScores& own = scores->models[0];
  bool any = false;
  for (std::size_t r = 0; r < kResources; ++r) {
    model.serves[r] = shards.known[r] && own.network[r].jobs() >= kJudgedJobs;
    any = any || model.serves[r];
    if (!model.serves[r]) continue;
    model.blends[r] = own.blends[r];
    if (reader.origin().anonymous) model.blends[r].users.clear();
  }
  if (!any)
    return failure(ErrorCode::invalid_input, "no resource has " + std::to_string(kJudgedJobs) +
                                                 " jobs of its validation: export more history");
  model.card = std::move(card);
  if (auto added = add_window(reader, model.card, windows.validation_end); !added)
    return tl::make_unexpected(added.error());
  model.card.metrics = metrics_of(*scores, 0);
  add_golden_pairs(shards, model);
  if (auto good = verify(model); !good) return tl::make_unexpected(good.error());
  out.scores = std::move(*scores);
  return out;
}

}  // namespace foreshape
