// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A trained model: the network's weights, whom it serves better than the kernel, and where it comes from.
//
// Runs in: slurmctld (agent thread; what serves is immutable) and offline.
// Threads: plain values.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "predictor/base/clock.h"
#include "predictor/base/result.h"
#include "predictor/model/arrival/arrival_model.h"
#include "predictor/model/blend.h"
#include "predictor/model/features/features.h"
#include "predictor/model/network/network_layout.h"

namespace foreshape {

/// One figure of a predictor on jobs that the model had not seen.
struct ModelMetric {
  std::string predictor;  ///< model, network, kernel, last2, requested
  std::string name;       ///< run_time.accuracy, run_time.pinball90, memory.coverage95, arrivals.nats ...
  double value = 0;
  friend bool operator==(const ModelMetric&, const ModelMetric&) = default;
};

/// What a person wants to know. Texts are free-form: harmless() before they are shown.
struct ModelCard {
  UnixSeconds made_s = 0;
  UnixSeconds data_from_s = 0, data_to_s = 0;  ///< submissions of the jobs that it was trained on
  std::uint64_t rows = 0, users = 0;           ///< how many jobs, of how many users
  std::uint64_t seed = 0, steps = 0;
  std::uint32_t ranks = 1;
  std::uint64_t parent = 0;  ///< checksum of the model that training began from; 0 = none
  std::string revision;      ///< of the program
  std::string input;         ///< what it was trained on, in words
  std::vector<ModelMetric> metrics;
  friend bool operator==(const ModelCard&, const ModelCard&) = default;
};

/// An input, and what the network said of it where it was made: the file carries some, so that a processor on
/// which the same weights say something else is found out before it serves.
struct GoldenPair {
  ModelInput input{};
  /// (R, levels) for the resources that are served; 0 for the others.
  std::array<std::array<float, kQuantileLevels.size()>, kResources> quantiles{};
};

struct Model {
  NetworkSizes sizes;
  std::vector<float> weights;             ///< (NetworkLayout(sizes).total)
  std::array<bool, kResources> serves{};  ///< resources that it was trained and judged on; the others: kernel
  std::array<BlendTable, kResources> blends;  ///< for those that are served: network or kernel, by user
  ModelCard card;
  std::vector<GoldenPair> golden;
  std::optional<ArrivalModel> arrivals;  ///< absent: next submissions are forecast from gaps
  std::uint64_t checksum = 0;  ///< of the file it was read from: its name among models; 0 = not from a file
};

/// What a file may have at most, beside uint32 counts.
struct ModelBounds {
  static constexpr std::uint32_t kHidden = 1024, kPairHidden = 1024, kEmbedding = 64, kBuckets = 65'536;
  static constexpr std::size_t kWeights = std::size_t{1} << 24U;
  static constexpr std::size_t kTextBytes = 4096, kNameBytes = 64, kMetrics = 1024, kGolden = 16;
};

/// Everything that can be seen without running the network: sizes, finite weights, order and bounds of the
/// blends, texts, golden inputs. Errors: invalid_input - the field, and what it should be.
Result<void> check(const Model& model);

/// The pair for an input, from the network as it is; model.weights and serves must be set.
GoldenPair golden_pair(const Model& model, const ModelInput& input);

/// check(), and that each golden input gives here what it gave there: at each stored quantile the
/// distribution function differs from the level by at most 0.01, give or take 1 % of the quantile (processors
/// round differently, and where little mass lies a quantile moves far). At least one pair is wanted. Errors:
/// invalid_input as check(); corrupt - the pair, resource and level.
Result<void> verify(const Model& model);

}  // namespace foreshape
