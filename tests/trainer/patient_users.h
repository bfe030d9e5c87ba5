// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A made-up history whose next submissions can be foreseen.
//
// Runs in: offline.

#include <algorithm>
#include <array>
#include <vector>

#include "tests/predictor/model/made_inputs.h"
#include "trainer/traced_job.h"

namespace foreshape::test {

/// Starts at once.
inline TracedJob job_at(UnixSeconds submit_s, UserId uid, std::uint32_t cpus, std::int64_t run_s) {
  TracedJob job;
  job.request.submit_s = submit_s;
  job.request.uid = uid;
  job.request.cpus = cpus;
  job.request.limit_s = 7200;
  job.usage.run_s = run_s;
  job.usage.start_s = submit_s;
  job.usage.end_s = submit_s + run_s;
  job.usage.state = JobState::completed;
  return job;
}

/// Three users who wait for each job and then submit the other of their two shapes a minute after its end.
inline std::vector<TracedJob> patient_users(std::size_t count) {
  Dice dice{5};
  std::vector<TracedJob> jobs;
  std::array<std::size_t, 3> before{};
  std::array<UnixSeconds, 3> next_s = {1'000'000, 1'000'100, 1'000'200};
  for (std::size_t i = 0; i < count; ++i) {
    const auto user = static_cast<std::size_t>(std::ranges::min_element(next_s) - next_s.begin());
    const auto run_s = std::int64_t{200} + dice.whole(4000);
    const std::uint32_t cpus = ++before[user] % 2 == 0 ? 4 : 16;
    jobs.push_back(job_at(next_s[user], static_cast<UserId>(user + 1), cpus, run_s));
    next_s[user] += run_s + 50 + dice.whole(20);
  }
  return jobs;
}

/// The same history with another future: everything from job `first` on is user 1's, and what had not ended
/// when it was submitted ends later.
inline std::vector<TracedJob> with_another_future(std::vector<TracedJob> jobs, std::size_t first) {
  const UnixSeconds now_s = jobs[first].request.submit_s;
  for (std::size_t i = first; i < jobs.size(); ++i) jobs[i].request.uid = 1;
  for (TracedJob& job : jobs)
    if (job.usage.end_s >= now_s) job.usage.end_s += 5'000, job.usage.run_s += 5'000;
  return jobs;
}

}  // namespace foreshape::test
