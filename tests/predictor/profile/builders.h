// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Past jobs for tests: only what matters is said.
//
// Runs in: offline.

#include "predictor/profile/past_job.h"
#include "predictor/profile/profile_store.h"
#include "predictor/profile/snapshot.h"

namespace foreshape::test {

inline PastJob finished(std::uint32_t id, UserId uid, std::uint32_t end_s, std::uint32_t run_s = 60) {
  PastJob job;
  job.job_id = id;
  job.uid = uid;
  job.submit_s = end_s - run_s;
  job.start_s = end_s - run_s;
  job.end_s = end_s;
  job.run_s = run_s;
  job.requested_limit_s = 3600;
  job.requested_cpus = 1;
  job.state = JobState::completed;
  return job;
}

inline std::shared_ptr<const ProfileTable> table_of(const std::vector<PastJob>& jobs) {
  SnapshotBuilder builder;
  for (const PastJob& job : jobs) builder.add(job);
  return load_snapshot(builder.bytes(1'000'000).value()).value();
}

inline std::vector<std::uint32_t> ids(const ProfileStore& store, ProfileGroup group, std::uint32_t key,
                                      std::size_t most = kProfileJobs) {
  std::vector<PastJob> jobs(most);
  jobs.resize(store.newest_jobs(group, key, jobs));
  std::vector<std::uint32_t> out;
  out.reserve(jobs.size());
  for (const PastJob& job : jobs) out.push_back(job.job_id);
  return out;
}

}  // namespace foreshape::test
