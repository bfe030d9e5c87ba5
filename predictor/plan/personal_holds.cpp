// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/personal_holds.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "predictor/plan/node_choice.h"

namespace foreshape {
namespace {

std::uint32_t per_node(std::uint32_t cpus, std::uint32_t nodes) { return (cpus + nodes - 1) / nodes; }

NodeRequest request_for(const ForeseenJob& job, UnixSeconds free_by_s) {
  const std::uint32_t nodes = std::max(job.nodes, 1U);
  return {.partition = job.partition,
          .count = nodes,
          .cpus = per_node(job.cpus, nodes),
          .memory_bytes = job.memory_bytes,
          .free_by_s = free_by_s,
          .mine = {}};
}

/// Live personal holds stay until their deadline, on other nodes where theirs are no longer of use.
void keep_promises(const HoldFacts& facts, const HoldPolicy& policy, HoldDraft& draft) {
  const UnixSeconds now_s = facts.pool.at_s;
  for (const LiveHold& hold : facts.live) {
    if (hold.kind != HoldKind::personal || hold.chain.is_open() || draft.served.contains(hold.user)) continue;
    const bool is_over = hold.is_fulfilled || now_s >= hold.deadline_s || hold.nodes.empty();
    if (is_over || !policy.serves(hold.user)) continue;
    const auto count = static_cast<std::uint32_t>(hold.nodes.size());
    if (draft.budget.affordable(hold.partition, hold.user, count, hold.deadline_s - now_s) < count) continue;
    // What the nodes must have is what those have that were chosen for this job.
    NodeRequest request{.partition = hold.partition,
                        .count = count,
                        .cpus = UINT32_MAX,
                        .memory_bytes = INT64_MAX,
                        .free_by_s = now_s + policy.window_s,
                        .mine = hold.nodes};
    for (const std::string& name : hold.nodes)
      if (const PoolNode* node = facts.pool.find(name)) {
        request.cpus = std::min(request.cpus, node->cpus);
        request.memory_bytes = std::min(request.memory_bytes, node->memory_bytes);
      }
    std::vector<std::string> nodes = choose_nodes(facts.pool, request, draft.taken, draft.guard);
    if (nodes.size() < count) nodes = still_usable(hold, facts.pool);
    if (nodes.empty()) continue;
    draft.add({HoldKind::personal, hold.name, hold.partition, hold.user, std::move(nodes), hold.deadline_s,
               hold.deadline_s, "kept until its deadline"},
              now_s);
  }
}

/// The hold that this user's last job has come to, if it is still there.
const LiveHold* fulfilled_hold(const HoldFacts& facts, const ForeseenJob& job) {
  for (const LiveHold& hold : facts.live)
    if (hold.is_fulfilled && hold.user == job.user && hold.partition == job.partition) return &hold;
  return nullptr;
}

void add_personal_hold(const ForeseenJob& job, const HoldFacts& facts, const HoldPolicy& policy,
                       HoldDraft& draft) {
  const UnixSeconds now_s = facts.pool.at_s;
  if (job.chain.is_open() || !policy.serves(job.user)) return;
  if (job.probability < policy.personal_probability_min || !policy.serves_run(job.run_s)) return;
  if (draft.served.contains(job.user) || facts.misses.is_barred(job.user, now_s)) return;
  const std::uint32_t count = std::max(job.nodes, 1U);
  const std::int64_t in_use =
      admitted_nodes(facts.pool, [&](const PoolNode& n) { return n.admitted == job.uid; });
  if (count + in_use > policy.personal_nodes_max || !would_wait(job, facts.pool)) return;
  if (draft.all_share && share_left(job.partition, facts.pool, policy, draft) < count) return;
  if (draft.budget.affordable(job.partition, job.user, count, policy.deadline_s) < count) return;
  const UnixSeconds deadline_s = now_s + policy.deadline_s;
  const LiveHold* fulfilled = fulfilled_hold(facts, job);
  NodeRequest request = request_for(job, now_s + policy.window_s);
  if (fulfilled != nullptr) request.mine = fulfilled->nodes;
  std::vector<std::string> nodes = choose_nodes(facts.pool, request, draft.taken, draft.guard);
  if (nodes.size() < count) return;
  draft.add({HoldKind::personal, fulfilled != nullptr ? fulfilled->name : "", job.partition, job.user,
             std::move(nodes), deadline_s, deadline_s,
             "submits within " + std::to_string(policy.window_s) + " s: " + percent(job.probability)},
            now_s);
}

}  // namespace

void add_personal_holds(const HoldFacts& facts, const HoldPolicy& policy, HoldDraft& draft) {
  keep_promises(facts, policy, draft);
  std::vector<const ForeseenJob*> surest;
  for (const ForeseenJob& job : facts.foreseen) surest.push_back(&job);
  std::ranges::stable_sort(surest, std::greater{}, &ForeseenJob::probability);
  for (const ForeseenJob* job : surest) add_personal_hold(*job, facts, policy, draft);
}

}  // namespace foreshape
