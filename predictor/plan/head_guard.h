// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which nodes may be held without putting off who has been first in a queue for long.
//
// Runs in: slurmctld (agent thread) and offline.
// Threads: one at a time.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "predictor/plan/policy.h"
#include "predictor/plan/pre_allocation.h"
#include "predictor/plan/resource_pool.h"

namespace foreshape {

/// A head that has waited for HoldPolicy::head_blocked_s starts when as many nodes are free as it needs, by the expected
/// ends of running jobs. Of the nodes that are free by then only those may be held that it leaves; what is free later
/// is nothing to it. That is the second half of EASY's rule for backfilled jobs. The first half, that whatever ends
/// before may start, is left out: a hold is made for a job that nobody has seen, and the machine-wide job of a public
/// log waited five weeks for such ends (docs/experiments/2026-11-holds-in-replay.md). Source: Lifka, "The ANL/IBM SP
/// scheduling system", JSSPP 1995.
///
/// Nodes of a pool count as the head's, so that a pool gives back what the head needs. Those of a personal hold are
/// promised; where the head needs some of them too it gets all others. A head that could not start on all usable nodes
/// guards nothing.
class HeadGuard {
 public:
  /// pool: must outlive it.
  HeadGuard(const ResourcePool& pool, std::span<const LiveHold> live, const HoldPolicy& policy);

  /// While nodes are chosen: how many each head still leaves.
  class Choice {
   public:
    explicit Choice(const HeadGuard& guard) : guard_(guard) {
      for (const Head& head : guard.heads_) left_.push_back(head.extra);
    }
    /// Whether this node too may be held; it counts as taken then.
    bool take(std::string_view node);

   private:
    const HeadGuard& guard_;
    std::vector<std::int64_t> left_;  // by head
  };

  /// These are held.
  void note_held(const std::vector<std::string>& nodes);

 private:
  struct Head {
    std::unordered_set<std::string_view> nodes;  ///< free by its start
    std::int64_t extra = 0;                      ///< of these: more than it needs
  };

  std::vector<Head> heads_;
};

}  // namespace foreshape
