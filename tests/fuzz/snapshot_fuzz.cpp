// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/profile/snapshot.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/resealed.h"

namespace foreshape {

std::vector<std::string> fuzz_seeds() {
  SnapshotBuilder empty, small;
  for (std::uint32_t i = 1; i <= 8; ++i) {
    PastJob job;
    job.job_id = i;
    job.uid = 1'000 + i % 3;
    job.account = 7;
    job.submit_s = 1'790'000'000 + i;
    job.start_s = job.submit_s + 5;
    job.run_s = 60;
    job.end_s = job.start_s + job.run_s;
    job.requested_limit_s = 3'600;
    job.state = JobState::completed;
    small.add(job);
  }
  return {*empty.bytes(1'790'000'000), *small.bytes(1'790'000'000)};
}

void test_one_input(std::string_view input) {
  (void)load_snapshot(std::string(input));
  const auto table = load_snapshot(resealed(input));
  if (!table) return;
  std::uint64_t seen = 0;
  for (std::uint32_t uid = 1'000; uid < 1'004; ++uid)
    for (const PastJob& job : (*table)->newest(ProfileGroup::user, uid)) seen += job.run_s;
  require(seen <= UINT64_MAX / 2, "the jobs can be read");
}

}  // namespace foreshape
