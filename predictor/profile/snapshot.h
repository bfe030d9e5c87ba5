// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The file that carries everybody's past jobs from the store to the plugin (format: README.md).
//
// Runs in: slurmctld (load_snapshot, on our own threads only) and offline (SnapshotBuilder).
// Threads: pure function; a builder is used by one thread.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "predictor/base/result.h"
#include "predictor/profile/past_job.h"
#include "predictor/profile/profile_table.h"
#include "predictor/profile/used_shares.h"

namespace foreshape {

/// FlatBuffers end at 2 GiB: about 24 million jobs.
inline constexpr std::size_t kMaxSnapshotBytes = (std::size_t{1} << 31U) - 1;

/// Verifies the bytes (magic, version, checksum, structure, order, bounds, finite numbers) and takes them
/// as a table. The table keeps the very bytes: nothing is copied, so its memory is the file's size.
///
/// Errors: corrupt - with what is wrong. The caller adds the file's name.
Result<std::shared_ptr<const ProfileTable>> load_snapshot(std::string bytes);

/// Gathers past jobs, in any order, and keeps the newest of each user, of each account and of the cluster.
class SnapshotBuilder {
 public:
  /// Jobs that never ran are left out. A job given twice counts once: the later word stands.
  void add(const PastJob& job);

  /// The snapshot of all that was added. made_s: when, for people.
  /// Errors: invalid_input - more jobs than a snapshot can hold.
  Result<std::string> bytes(UnixSeconds made_s);

 private:
  using Jobs = std::vector<PastJob>;
  static void keep(Jobs& jobs, const PastJob& job);

  std::unordered_map<std::uint32_t, Jobs> users_, accounts_;
};

}  // namespace foreshape
