// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/live_jobs.h"

namespace foreshape {

std::size_t LiveJobs::of(std::uint32_t user, JobIndex before, std::int64_t now,
                         std::span<LiveJob> out) const {
  const auto& of_user = of_user_[user];
  std::size_t n = 0;
  for (auto at = of_user.rbegin(); at != of_user.rend() && n < out.size(); ++at) {
    if (*at >= before) continue;
    const ReplayJob& job = load_.jobs[*at];
    const bool runs = start_s_[*at] > 0 && start_s_[*at] < now;
    out[n++] = {.submit_s = static_cast<std::uint32_t>(job.submit_s),
                .start_s = runs ? static_cast<std::uint32_t>(start_s_[*at]) : 0,
                .limit_s = static_cast<std::uint32_t>(job.limit_s),
                .cpus = job.request.least_cpus(),
                .name = job.request.name};
  }
  return n;
}

}  // namespace foreshape
