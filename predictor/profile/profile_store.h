// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the predictor knows of everybody: a snapshot's table, and what happened since.
//
// Runs in: slurmctld and offline.
// Threads: every function from any thread, concurrently. One lock for each of 64 shards, held for
// microseconds: for copying at most 150 jobs, or for adding one.

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "predictor/base/job.h"
#include "predictor/profile/past_job.h"
#include "predictor/profile/profile_table.h"
#include "predictor/profile/used_shares.h"

namespace foreshape {

/// What is kept of a submission, for foreseeing the next one. 0 = not said.
struct Submission {
  std::uint32_t submit_s = 0;
  TextHash account = 0, partition = 0, qos = 0, name = 0;
  std::uint32_t nodes = 0, cpus = 0;
  std::uint32_t limit_s = 0;
  std::uint32_t memory_kib = 0;       ///< per node
  std::uint32_t predicted_run_s = 0;  ///< typical; 0 = not predicted
  std::uint64_t token = 0;            ///< by which its job is found again; 0 = none
};

Submission submission(const JobRequest& job);

/// Newest submissions kept of each user.
inline constexpr std::size_t kRecentSubmissions = 64;

/// One user as the forecast of arrivals sees it. The spans are valid during the call only.
struct UserActivity {
  UserId uid = 0;
  std::span<const Submission> submissions;  ///< newest first; only those made while we were there
  std::span<const PastJob> jobs;            ///< newest finished first
};

struct ProfileCounts {
  std::size_t table_users = 0, table_jobs = 0;
  std::size_t newer_users = 0;  ///< users with a submission or an outcome that the table has not
  std::size_t newer_jobs = 0;
  std::uint64_t refused = 0;  ///< outcomes and submissions of new users for whom there was no room
};

class ProfileStore {
 public:
  explicit ProfileStore(const std::shared_ptr<const ProfileTable>& base = nullptr);

  /// Copies the newest finished jobs of a user, account (by TextHash) or the cluster (key 0) into out, newest
  /// first, and returns how many there were. No allocation, no I/O.
  std::size_t newest_jobs(ProfileGroup group, std::uint32_t key, std::span<PastJob> out) const;

  /// The shares of their request that jobs of everybody use.
  UsedShares shares() const;

  /// A job was submitted. Allocates only when a user is first seen, or seen more often than before.
  void add_submission(UserId uid, const Submission& submission);

  /// No job has come of it (a test, or refused): it counts no longer.
  void forget_submission(UserId uid, std::uint64_t token);

  /// Submissions of before those that are here already, in the order of time; only the newest
  /// kRecentSubmissions of all are kept. Allocates: not for an RPC thread.
  void add_earlier_submissions(UserId uid, std::span<const Submission> submissions);

  /// Copies the user's newest submissions at or after since_s into out, newest first, and returns how many
  /// there were. No allocation.
  std::size_t newest_submissions(UserId uid, std::int64_t since_s, std::span<Submission> out) const;

  /// A job has finished. Counted for its user, its account and the cluster; a second word on the same job
  /// replaces the first. Jobs that never ran, and jobs that the table has, are left out.
  void add_outcome(const PastJob& job);

  /// Takes a new table in use and forgets the outcomes that it has. Frees the old table on this thread:
  /// not for an RPC thread.
  void replace_base(const std::shared_ptr<const ProfileTable>& base);

  /// Calls visit for each user who submitted at or after since_s, with no lock held.
  /// Copies 20 KB for each: not for an RPC thread.
  void for_each_active_user(UnixSeconds since_s, const std::function<void(const UserActivity&)>& visit) const;

  ProfileCounts counts() const;

 private:
  // What came after the table.
  struct Newer {
    std::vector<PastJob> jobs;            // oldest end first, at most kProfileJobs
    std::vector<Submission> submissions;  // a ring of at most kRecentSubmissions
    std::size_t next_submission = 0;      // the ring's oldest, once it is full
  };

  struct alignas(64) Shard {
    mutable std::mutex mutex;  // guards everything below
    std::shared_ptr<const ProfileTable> base;
    std::unordered_map<std::uint64_t, Newer> newer;  // by group and key
    std::uint64_t refused = 0;
  };

  static constexpr std::size_t kShards = 64;
  // 262,144 users and accounts at most: a flood of unknown uids can't fill slurmctld's memory.
  static constexpr std::size_t kMaxKeysPerShard = 4096;

  Shard& shard_of(ProfileGroup group, std::uint32_t key) const;
  static Newer* room_for(Shard& shard, std::uint64_t id);
  /// False where the group had it already.
  bool add_outcome_to(ProfileGroup group, std::uint32_t key, const PastJob& job);
  bool copy_activity(UserId uid, std::vector<Submission>& submissions, std::vector<PastJob>& jobs) const;
  std::vector<UserId> active_since(UnixSeconds since_s) const;

  mutable std::array<Shard, kShards> shards_;
  mutable std::mutex shares_mutex_;  // guards shares_
  UsedShares shares_;
};

}  // namespace foreshape
