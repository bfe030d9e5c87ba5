// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/memory_shape.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace foreshape {
namespace {

constexpr std::int64_t kMibBytes = 1 << 20;

std::int64_t stepped_up(std::int64_t mib) {
  return (mib + kMemoryStepMib - 1) / kMemoryStepMib * kMemoryStepMib;
}

}  // namespace

std::optional<std::int64_t> fitting_memory_mib(const JobRequest& job, const Prediction& prediction,
                                               float margin) {
  const std::int64_t requested_mib = job.memory_per_node_bytes.value_or(0) / kMibBytes;
  const Forecast& peak = prediction.of(Resource::peak_memory);
  if (requested_mib <= 0 || !peak.known() || prediction.evidence != Evidence::user) return std::nullopt;
  if (prediction.similar_memory < kAlikeRuns) return std::nullopt;
  const double wanted_mib = kMemoryHeadroom * static_cast<double>(peak.quantile(margin)) / double{kMibBytes};
  // Also what is not a number.
  if (!(wanted_mib < static_cast<double>(requested_mib))) return requested_mib;
  const auto enough_mib = static_cast<std::int64_t>(std::ceil(std::max(wanted_mib, 0.0)));
  const std::int64_t share_mib = (requested_mib + kMinShareOfRequest - 1) / kMinShareOfRequest;
  return std::min(requested_mib, stepped_up(std::max({enough_mib, kMinMemoryMib, share_mib})));
}

std::optional<std::int64_t> shaped_memory_mib(const JobRequest& job, const Prediction& prediction,
                                              float margin) {
  const auto fitting_mib = fitting_memory_mib(job, prediction, margin);
  const bool is_less = fitting_mib && *fitting_mib < *job.memory_per_node_bytes / kMibBytes;
  return is_less ? fitting_mib : std::nullopt;
}

bool is_worth_resizing(std::int64_t from_mib, std::int64_t to_mib, std::int64_t requested_mib) {
  constexpr std::int64_t kParts = 8;
  if (to_mib == from_mib) return false;
  return to_mib == requested_mib || std::abs(to_mib - from_mib) * kParts >= from_mib;
}

}  // namespace foreshape
