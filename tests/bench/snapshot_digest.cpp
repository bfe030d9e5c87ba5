// SPDX-License-Identifier: GPL-2.0-or-later
// What a snapshot holds, as one line that two snapshots have in common if they differ in nothing but when they were made.
//
//   snapshot_digest FILE

#include <cstdlib>
#include <fmt/format.h>
#include <string>
#include <utility>

#include "predictor/base/file.h"
#include "predictor/base/hash.h"
#include "predictor/profile/snapshot.h"

namespace foreshape {
namespace {

constexpr std::size_t kMaxSnapshotBytes = std::size_t{4} << 30;

void add(std::string& bytes, const ProfileTable& table, ProfileGroup group, std::uint32_t key) {
  const auto jobs = table.newest(group, key);
  bytes.append(reinterpret_cast<const char*>(&key), sizeof key);
  bytes.append(reinterpret_cast<const char*>(jobs.data()), jobs.size_bytes());
}

int run(const std::string& path) {
  auto bytes = read_file(path, kMaxSnapshotBytes);
  if (!bytes) return fmt::print(stderr, "snapshot_digest: {}\n", bytes.error().message), EXIT_FAILURE;
  const auto loaded = load_snapshot(std::move(*bytes));
  if (!loaded) return fmt::print(stderr, "snapshot_digest: {}\n", loaded.error().message), EXIT_FAILURE;
  const ProfileTable& table = **loaded;
  std::string all;
  for (const ProfileRange& user : table.users()) add(all, table, ProfileGroup::user, user.key);
  for (const ProfileRange& account : table.accounts()) add(all, table, ProfileGroup::account, account.key);
  add(all, table, ProfileGroup::cluster, 0);
  fmt::print("{} users, {} accounts, {} jobs, {:016x}\n", table.users().size(), table.accounts().size(),
             table.job_count(), checksum(all.data(), all.size()));
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace foreshape

int main(int argc, char** argv) {
  if (argc != 2) return fmt::print(stderr, "usage: snapshot_digest FILE\n"), 2;
  return foreshape::run(argv[1]);
}
