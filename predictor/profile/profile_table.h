// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The past jobs of every user, account and of the cluster, as one immutable block.
//
// Runs in: slurmctld and offline.
// Threads: immutable once made; share it as shared_ptr<const ProfileTable>.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "predictor/base/clock.h"
#include "predictor/profile/past_job.h"
#include "predictor/profile/used_shares.h"

namespace foreshape {

/// Newest finished jobs that are kept of each user, account and of the cluster. More history did not help
/// the kernel: its weights fall by a factor of e every 20 jobs.
inline constexpr std::size_t kProfileJobs = 150;

/// Whose jobs. The key is the uid, the account's TextHash, or 0 for the cluster.
enum class ProfileGroup : std::uint8_t { user, account, cluster };

/// Where the jobs of one user or account lie in the block; 16 bytes, the same layout as in snapshot.fbs.
struct ProfileRange {
  std::uint32_t key = 0;
  std::uint32_t first = 0;
  std::uint32_t jobs = 0;
  std::uint32_t last_submit_s = 0;  ///< of these jobs: who was active lately is found without touching them
};
static_assert(sizeof(ProfileRange) == 16);

class ProfileTable {
 public:
  /// The newest finished jobs, newest first; empty if nothing is known. Valid as long as the table.
  std::span<const PastJob> newest(ProfileGroup group, std::uint32_t key) const;

  /// Sorted by uid.
  std::span<const ProfileRange> users() const { return users_; }
  std::span<const ProfileRange> accounts() const { return accounts_; }
  std::size_t job_count() const { return jobs_.size(); }
  const UsedShares& shares() const { return shares_; }
  UnixSeconds made_s() const { return made_s_; }

 private:
  friend class SnapshotReader;

  std::string bytes_;  // the snapshot itself: the spans below point into it
  std::span<const PastJob> jobs_;
  std::span<const ProfileRange> users_, accounts_;
  ProfileRange cluster_;
  UsedShares shares_;
  UnixSeconds made_s_ = 0;
};

}  // namespace foreshape
