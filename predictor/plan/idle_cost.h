// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What holding nodes has cost: node-seconds that were kept idle while other work waited, over a rolling day.
//
// Runs in: slurmctld (agent thread) and offline.
// Threads: one at a time.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/base/clock.h"
#include "predictor/plan/policy.h"
#include "predictor/plan/pre_allocation.h"
#include "predictor/plan/resource_pool.h"

namespace foreshape {

/// Idle node-seconds of a hold's nodes between two looks at the machine, the later of which is `pool`.
/// A node counts while somebody waits in any partition that has it: else it would have been idle anyway.
/// A node that a job has taken since then counts as idle up to that job's start: never too little.
std::int64_t idle_node_s(const LiveHold& hold, const ResourcePool& pool, UnixSeconds from_s);

/// Under what name the pool's cost for one user stands in the ledger.
std::string pool_account(UserId uid);

/// What was spent in ten minutes for one user in one partition. user: of personal holds the name, of the pool
/// a pool_account(); empty = for the pool, and nobody's in particular.
struct IdleEntry {
  UnixSeconds from_s = 0;
  std::string partition;
  std::string user;
  std::int64_t node_s = 0;
};

/// The spending of the last 24 hours. At most kMaxEntries entries; beyond that the oldest two of a day are
/// joined under the later time, which never frees anything early.
class IdleLedger {
 public:
  static constexpr std::int64_t kSlotSeconds = 600;
  static constexpr std::int64_t kDaySeconds = 86'400;
  static constexpr std::size_t kMaxEntries = 20'000;

  IdleLedger() = default;
  /// As it was before a restart. Entries that can't be (negative, from the future) are left out.
  IdleLedger(std::span<const IdleEntry> entries, UnixSeconds now_s);

  void add(UnixSeconds at_s, const std::string& partition, const std::string& user, std::int64_t node_s);

  /// Of the pool: each user served has his share of it, the rest is nobody's in particular. Their parts are rounded so
  /// that together they are what it cost.
  void add_shared(UnixSeconds at_s, const std::string& partition, std::span<const ServedShare> served,
                  std::int64_t node_s);

  std::int64_t spent(UnixSeconds now_s) const;
  std::int64_t spent_in(UnixSeconds now_s, std::string_view partition) const;
  /// Of one user's personal holds.
  std::int64_t spent_for(UnixSeconds now_s, std::string_view user) const;

  const std::vector<IdleEntry>& entries() const { return entries_; }

 private:
  template <class Counts>
  std::int64_t sum(UnixSeconds now_s, Counts counts) const;
  void forget_before(UnixSeconds s);

  std::vector<IdleEntry> entries_;  // oldest first
};

/// What may still be spent: the caps, less what was spent and what is promised. A promise costs at most its
/// nodes for the time until Slurm itself gives them back, so the caps also hold if nobody is there to
/// release.
class IdleBudget {
 public:
  IdleBudget(const IdleLedger& ledger, const HoldPolicy& policy, UnixSeconds now_s);

  /// The nodes that may be held for so long, at most `nodes`.
  std::uint32_t affordable(const std::string& partition, const std::string& user, std::uint32_t nodes,
                           std::int64_t seconds) const;
  void promise(const std::string& partition, const std::string& user, std::uint32_t nodes,
               std::int64_t seconds);

 private:
  const IdleLedger& ledger_;
  const HoldPolicy& policy_;
  UnixSeconds now_s_;
  std::vector<IdleEntry> promised_;
};

}  // namespace foreshape
