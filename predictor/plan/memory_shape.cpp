// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/memory_shape.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace foreshape {
namespace {

constexpr std::int64_t kMibBytes = 1 << 20;

std::int64_t stepped_up(std::int64_t mib) {
  return (mib + kMemoryStepMib - 1) / kMemoryStepMib * kMemoryStepMib;
}

}  // namespace

std::uint32_t open_shapes_max(const Prediction& prediction) {
  if (prediction.alike_runs >= kProvenRuns) return std::numeric_limits<std::uint32_t>::max();
  return kOpenPerRun * prediction.alike_runs;
}

std::optional<std::int64_t> fitting_memory_mib(const JobRequest& job, const Prediction& prediction,
                                               double headroom) {
  const std::int64_t requested_mib = job.memory_per_node_bytes.value_or(0) / kMibBytes;
  if (requested_mib <= 0 || prediction.alike_runs < kMinAlikeRuns) return std::nullopt;
  const double few = 1 + kFewRuns / prediction.alike_runs;
  const double wanted_mib =
      headroom * few * static_cast<double>(prediction.alike_peak_bytes) / double{kMibBytes};
  // Also what is not a number.
  if (!(wanted_mib < static_cast<double>(requested_mib))) return requested_mib;
  const auto enough_mib = static_cast<std::int64_t>(std::ceil(std::max(wanted_mib, 0.0)));
  const std::int64_t share_mib = (requested_mib + kMinShareOfRequest - 1) / kMinShareOfRequest;
  return std::min(requested_mib, stepped_up(std::max({enough_mib, kMinMemoryMib, share_mib})));
}

std::optional<std::int64_t> shaped_memory_mib(const JobRequest& job, const Prediction& prediction,
                                              double headroom) {
  const auto fitting_mib = fitting_memory_mib(job, prediction, headroom);
  const bool is_less = fitting_mib && *fitting_mib < *job.memory_per_node_bytes / kMibBytes;
  return is_less ? fitting_mib : std::nullopt;
}

bool is_worth_resizing(std::int64_t from_mib, std::int64_t to_mib, std::int64_t requested_mib) {
  constexpr std::int64_t kParts = 8;
  if (to_mib == from_mib) return false;
  return to_mib == requested_mib || std::abs(to_mib - from_mib) * kParts >= from_mib;
}

}  // namespace foreshape
