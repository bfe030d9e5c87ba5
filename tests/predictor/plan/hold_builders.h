// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Machines, forecasts and holds for tests, with only what a test wants to show.

#include <algorithm>
#include <string>
#include <vector>

#include "predictor/plan/pre_allocation.h"
#include "predictor/plan/resource_pool.h"

namespace foreshape {

inline constexpr UnixSeconds kNow = 1'800'000'000;
inline constexpr std::int64_t kGiB = std::int64_t{1} << 30;

/// n01, n02, ... of 64 cpus and 256 GiB in partition main; the first `free` of them are free, since an hour
/// ago; the others busy for ten hours yet.
inline ResourcePool machine(int nodes, int free) {
  ResourcePool pool;
  pool.at_s = kNow;
  for (int i = 1; i <= nodes; ++i) {
    PoolNode node;
    node.name = (i < 10 ? "n0" : "n") + std::to_string(i);
    node.partitions = {"main"};
    node.usable = true;
    node.is_free = i <= free;
    node.since_s = kNow - 3600;
    node.free_at_s = node.is_free ? kNow : kNow + 36'000;
    node.cpus = 64;
    node.memory_bytes = 256 * kGiB;
    pool.nodes.push_back(node);
  }
  return pool;
}

/// So many jobs wait in main, the first of them, which needs head_nodes, for so long.
inline void let_wait(ResourcePool& pool, std::uint32_t jobs, std::uint32_t head_nodes = 1,
                     std::int64_t blocked_s = 0) {
  pool.queues = {{"main", jobs, 77, head_nodes, pool.at_s - blocked_s}};
}

inline PoolNode& node(ResourcePool& pool, const std::string& name) {
  return *std::ranges::find(pool.nodes, name, &PoolNode::name);
}

/// A short job of whole nodes.
inline ForeseenJob foreseen(UserId uid, double probability, std::uint32_t nodes = 1) {
  return {.uid = uid,
          .user = "",
          .probability = probability,
          .partition = "main",
          .nodes = nodes,
          .cpus = nodes * 64,
          .memory_bytes = 0,
          .run_s = 300};
}

inline ForeseenJob foreseen_of(const std::string& user, double probability, std::uint32_t nodes = 1) {
  ForeseenJob job = foreseen(1000, probability, nodes);
  job.user = user;
  return job;
}

inline LiveHold live_pool(std::vector<std::string> nodes, const std::string& name = "foreshape_pool_main_1") {
  return {.kind = HoldKind::pool,
          .name = name,
          .partition = "main",
          .user = "",
          .nodes = std::move(nodes),
          .deadline_s = 0,
          .ends_s = kNow + 100};
}

inline LiveHold live_personal(const std::string& user, std::vector<std::string> nodes,
                              std::int64_t for_s = 300) {
  return {.kind = HoldKind::personal,
          .name = "foreshape_" + user + "_1",
          .partition = "main",
          .user = user,
          .nodes = std::move(nodes),
          .deadline_s = kNow + for_s,
          .ends_s = kNow + for_s};
}

}  // namespace foreshape
