// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/memory_shape.h"

#include <algorithm>
#include <cmath>

namespace foreshape {
namespace {

constexpr std::int64_t kMibBytes = 1 << 20;

std::int64_t stepped_up(std::int64_t mib) {
  return (mib + kMemoryStepMib - 1) / kMemoryStepMib * kMemoryStepMib;
}

}  // namespace

std::optional<std::int64_t> shaped_memory_mib(const JobRequest& job, const Prediction& prediction,
                                              float margin) {
  const std::int64_t requested_mib = job.memory_per_node_bytes.value_or(0) / kMibBytes;
  const Forecast& peak = prediction.of(Resource::peak_memory);
  if (requested_mib <= 0 || !peak.known() || prediction.evidence != Evidence::user) return std::nullopt;
  if (prediction.similar_memory < kAlikeRuns) return std::nullopt;
  const double wanted_mib = kMemoryHeadroom * static_cast<double>(peak.quantile(margin)) / double{kMibBytes};
  // Also what is not a number.
  if (!(wanted_mib < static_cast<double>(requested_mib))) return std::nullopt;
  const auto enough_mib = static_cast<std::int64_t>(std::ceil(std::max(wanted_mib, 0.0)));
  const std::int64_t share_mib = (requested_mib + kMinShareOfRequest - 1) / kMinShareOfRequest;
  const std::int64_t planned_mib = stepped_up(std::max({enough_mib, kMinMemoryMib, share_mib}));
  if (planned_mib >= requested_mib) return std::nullopt;
  return planned_mib;
}

}  // namespace foreshape
