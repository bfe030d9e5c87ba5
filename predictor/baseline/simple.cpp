// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/baseline/simple.h"

#include <algorithm>

namespace foreshape {

std::optional<std::int64_t> requested_run_s(const JobRequest& job) {
  return job.limit_s && *job.limit_s > 0 ? job.limit_s : std::nullopt;
}

std::optional<std::int64_t> last_two_run_s(const JobRequest& job, std::span<const PastJob> own) {
  const auto requested = requested_run_s(job);
  if (own.size() < 2) return requested;
  const std::int64_t mean = (std::int64_t{own[0].run_s} + own[1].run_s) / 2;
  return requested ? std::min(mean, *requested) : mean;
}

}  // namespace foreshape
