// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/baseline/alike_peak.h"

#include <algorithm>

namespace foreshape {
namespace {

constexpr float kKibBytes = 1024;

bool has_peak(const PastJob& past) {
  const bool is_measured = past.used_memory_kib != PastJob::kNotMeasured && past.used_memory_kib > 0;
  return past.state == JobState::out_of_memory || (is_measured && is_measurement(past.state));
}

float peak_for(float requested_bytes, const PastJob& past) {
  if (past.state == JobState::out_of_memory) return requested_bytes;
  const float peak_bytes = kKibBytes * static_cast<float>(past.used_memory_kib);
  const float had_bytes = kKibBytes * static_cast<float>(past.requested_memory_kib);
  return had_bytes > 0 ? peak_bytes * std::max(requested_bytes / had_bytes, 1.0F) : peak_bytes;
}

}  // namespace

AlikePeak alike_peak(const JobRequest& job, std::span<const PastJob> own) {
  const auto requested_bytes = static_cast<float>(job.memory_per_node_bytes.value_or(0));
  AlikePeak alike;
  std::uint16_t seen = 0;
  for (const PastJob& past : own) {
    if (!same_text(job.name, past.name) || !has_peak(past)) continue;
    alike.bytes = std::max(alike.bytes, peak_for(requested_bytes, past));
    if (past.state == JobState::completed) ++alike.runs;
    if (++seen == kMaxAlikeRuns) break;
  }
  return alike;
}

}  // namespace foreshape
