// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/live_tracker.h"

#include <algorithm>

namespace foreshape {

void LiveTracker::ended(const TracedJob& job) {
  auto& jobs = live_[job.request.uid];
  // Those that end are mostly among the oldest.
  if (const auto found = std::ranges::find(jobs, &job); found != jobs.end()) jobs.erase(found);
}

std::span<const LiveJob> LiveTracker::of(UserId uid, UnixSeconds now_s) {
  const auto found = live_.find(uid);
  if (found == live_.end()) return {};
  const auto& jobs = found->second;
  const std::size_t n = std::min(jobs.size(), out_.size());
  for (std::size_t i = 0; i < n; ++i) {
    const TracedJob& job = *jobs[jobs.size() - 1 - i];
    const bool runs = job.usage.start_s < now_s;
    out_[i] = {.submit_s = static_cast<std::uint32_t>(job.request.submit_s),
               .start_s = runs ? static_cast<std::uint32_t>(job.usage.start_s) : 0,
               .limit_s = static_cast<std::uint32_t>(job.request.limit_s.value_or(0)),
               .cpus = job.request.least_cpus(),
               .name = job.request.name};
  }
  return std::span{out_}.first(n);
}

}  // namespace foreshape
