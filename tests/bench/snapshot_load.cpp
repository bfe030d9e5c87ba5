// SPDX-License-Identifier: GPL-2.0-or-later
// Processor time and memory of a profile snapshot with 1,000 / 10,000 / 100,000 users of 150 jobs each.
//
//   snapshot_load [USERS ...]

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <malloc.h>
#include <string>
#include <unistd.h>
#include <vector>

#include "predictor/base/file.h"
#include "predictor/profile/profile_store.h"
#include "predictor/profile/snapshot.h"

namespace foreshape {
namespace {

/// Processor time of this process: the machine's other work does not count.
double cpu_s() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// Resident memory of this process, MiB.
double resident_mib() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0, resident = 0;
  statm >> total >> resident;
  return static_cast<double>(resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE))) / (1 << 20);
}

std::string made(std::uint32_t users) {
  SnapshotBuilder builder;
  for (std::uint32_t uid = 0; uid < users; ++uid)
    for (std::uint32_t i = 0; i < kProfileJobs; ++i) {
      PastJob job;
      job.job_id = uid * static_cast<std::uint32_t>(kProfileJobs) + i;
      job.uid = uid;
      job.account = 1 + uid / 10;
      job.end_s = 1'700'000'000 + i;
      job.run_s = 60;
      job.requested_limit_s = 3600;
      job.state = JobState::completed;
      builder.add(job);
    }
  return builder.bytes(0).value();
}

void write_snapshot(const std::string& path, std::uint32_t users) {
  const double start = cpu_s();
  const std::string bytes = made(users);
  fmt::print("{:7} users: {:7.1f} MiB; made in {:.2f} s, ", users,
             static_cast<double>(bytes.size()) / (1 << 20), cpu_s() - start);
  if (!replace_file(path, bytes, 0600)) std::exit(1);  // NOLINT(concurrency-mt-unsafe): one thread
}

void measure(std::uint32_t users) {
  const std::string path =
      (std::filesystem::temp_directory_path() / fmt::format("snapshot_load.{}", getpid())).string();
  write_snapshot(path, users);
  malloc_trim(0);  // what the builder gave back is not to hide what the table takes
  const double before = resident_mib();

  ProfileStore store;
  const double start = cpu_s();
  auto read = read_file(path, kMaxSnapshotBytes);
  const double read_at = cpu_s();
  const auto table = load_snapshot(std::move(*read));
  const double loaded_at = cpu_s();
  store.replace_base(*table);
  fmt::print("read in {:.3f} s, verified in {:.3f} s, swapped in {:.6f} s; {:.1f} MiB more resident\n",
             read_at - start, loaded_at - read_at, cpu_s() - loaded_at, resident_mib() - before);
  std::fflush(stdout);
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace foreshape

int main(int argc, char** argv) {
  std::vector<std::uint32_t> users;
  for (int i = 1; i < argc; ++i)
    users.push_back(static_cast<std::uint32_t>(std::strtoul(argv[i], nullptr, 10)));
  if (users.empty()) users = {1'000, 10'000, 100'000};
  for (const std::uint32_t n : users) foreshape::measure(n);
  return 0;
}
