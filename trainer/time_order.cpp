// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/time_order.h"

namespace foreshape {

void TimeOrder::advance(UnixSeconds now_s, const Ended& ended) {
  for (; !ends_.empty() && ends_.top().first < now_s; ends_.pop()) {
    const Number number = ends_.top().second;
    const auto job = live_.find(number);
    // Its number is its id: unique, which is all that the store wants of one.
    store_.add_outcome(past_job(static_cast<JobId>(number), job->second.request, job->second.usage));
    if (ended) ended(number, job->second);
    live_.erase(job);
  }
}

const TracedJob& TimeOrder::submit(const TracedJob& job) {
  const Number number = next_++;
  if (job.usage.end_s > 0) ends_.emplace(job.usage.end_s, number);
  return live_.emplace(number, job).first->second;
}

}  // namespace foreshape
