#include "predictor/baseline/simple.h"

#include <algorithm>

namespace foreshape {

std::optional<std::int64_t> requested_run_s(const JobRequest& job) {
  return job.limit_s && *job.limit_s > 0 ? job.limit_s : std::nullopt;
}

std::optional<std::int64_t> last_two_run_s(const JobRequest& job, std::span<const PastJob> own) {
  const auto asked = requested_run_s(job);
  if (own.size() < 2) return asked;
  const std::int64_t mean = (std::int64_t{own[0].run_s} + own[1].run_s) / 2;
  return asked ? std::min(mean, *asked) : mean;
}

}  // namespace foreshape
