// SPDX-License-Identifier: GPL-2.0-or-later
// Writes a snapshot of made-up users, each with a full set of jobs called relax_<number> that used far less
// than requested.
//
//   make_snapshot FILE USERS [UID ...]     USERS strangers, and the users with these uids

#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <fmt/format.h>
#include <random>

#include "predictor/base/file.h"
#include "predictor/profile/snapshot.h"

namespace foreshape {
namespace {

constexpr std::uint32_t kFirstStranger = 1'000'000;

PastJob relax_job(std::uint32_t uid, std::uint32_t id, std::uint32_t end_s, std::mt19937& random) {
  PastJob job;
  job.job_id = id;
  job.uid = uid;
  job.account = text_hash(fmt::format("account{}", uid % 100));
  job.partition = text_hash("main");
  job.name = folded_name_hash("relax_1");
  job.script = 1 + uid;
  job.end_s = end_s;
  job.run_s = 1200 + static_cast<std::uint32_t>(random() % 1260);  // 20 to 41 min
  job.start_s = end_s - job.run_s;
  job.submit_s = job.start_s - 60;
  job.requested_limit_s = 86'400;
  job.requested_cpus = 4;
  job.requested_nodes = 1;
  job.requested_memory_kib = 64U << 20;
  job.used_memory_kib = (3U << 20) + static_cast<std::uint32_t>(random() % (2U << 20));
  job.cpu_efficiency = 8000;
  job.state = JobState::completed;
  return job;
}

void add_user(SnapshotBuilder& builder, std::uint32_t uid, std::uint32_t now_s, std::mt19937& random) {
  for (std::uint32_t i = 0; i < kProfileJobs; ++i)
    builder.add(
        relax_job(uid, static_cast<std::uint32_t>(uid * kProfileJobs) + i, now_s - 3600 * (i + 1), random));
}

}  // namespace
}  // namespace foreshape

int main(int argc, char** argv) {
  using namespace foreshape;
  if (argc < 3) {
    fmt::print(stderr, "usage: make_snapshot FILE USERS [UID ...]\n");
    return 2;
  }
  const auto number = [&](int i) { return static_cast<std::uint32_t>(std::strtoul(argv[i], nullptr, 10)); };
  std::mt19937 random(20261122);
  const auto now_s = static_cast<std::uint32_t>(std::time(nullptr));
  SnapshotBuilder builder;
  for (std::uint32_t i = 0; i < number(2); ++i) add_user(builder, kFirstStranger + i, now_s, random);
  for (int i = 3; i < argc; ++i) add_user(builder, number(i), now_s, random);
  const auto bytes = builder.bytes(now_s);
  if (!bytes) return 1;
  return replace_file(argv[1], *bytes, 0644) ? 0 : 1;
}
