// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/chain_holds.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace foreshape {
namespace {

bool is_over(const LiveHold& hold, const HoldPolicy& policy, UnixSeconds now_s) {
  if (hold.chain.ended_s != 0) return now_s >= hold.deadline_s;
  return now_s - hold.chain.since_s >= policy.chain_max_s;
}

/// Slurm gives the hold back by itself soon after we are gone; it is told of a later end only now and then.
UnixSeconds extended(UnixSeconds ends_s, const HoldFacts& facts) {
  const UnixSeconds now_s = facts.pool.at_s;
  return ends_s - now_s < facts.pool_life_s ? now_s + 2 * facts.pool_life_s : ends_s;
}

void keep_chains(const HoldFacts& facts, const HoldPolicy& policy, HoldDraft& draft) {
  const UnixSeconds now_s = facts.pool.at_s;
  for (const LiveHold& hold : facts.live) {
    if (!hold.chain.is_open() || hold.is_fulfilled || draft.served.contains(hold.user)) continue;
    if (!policy.chains || !policy.serves(hold.user) || is_over(hold, policy, now_s)) continue;
    std::vector<std::string> nodes = still_usable(hold, facts.pool);
    const auto count = static_cast<std::uint32_t>(nodes.size());
    if (count == 0 || draft.budget.affordable(hold.partition, hold.user, count, hold.chain.wait_s) < count)
      continue;
    const bool runs = hold.chain.ended_s == 0;
    const UnixSeconds ends_s = runs ? extended(hold.ends_s, facts) : hold.ends_s;
    draft.add({.kind = HoldKind::personal,
               .name = hold.name,
               .partition = hold.partition,
               .user = hold.user,
               .nodes = std::move(nodes),
               .deadline_s = runs ? ends_s : hold.deadline_s,
               .ends_s = ends_s,
               .reason = "job " + std::to_string(hold.chain.after) + (runs ? " runs on" : " has ended"),
               .served = {},
               .chain = hold.chain},
              now_s);
  }
}

/// What its predecessor leaves: as many of that job's nodes as it needs; none where they are not enough, too
/// small, or needed by a head.
std::vector<std::string> nodes_left(const ForeseenJob& job, const LiveHold* hold, const HoldFacts& facts,
                                    const HoldDraft& draft) {
  const std::uint32_t count = std::max(job.nodes, 1U);
  const std::uint32_t cpus = (job.cpus + count - 1) / count;
  HeadGuard::Choice choice{draft.guard};
  std::vector<std::string> nodes;
  for (const std::string& name : job.chain_nodes) {
    const PoolNode* node = facts.pool.find(name);
    if (node == nullptr || !node->usable || !node->is_in(job.partition) || draft.taken.contains(name))
      continue;
    if (node->cpus < cpus || node->memory_bytes < job.memory_bytes) continue;
    const bool is_mine = hold != nullptr && node->held_by == hold->name;
    if (!node->held_by.empty() && !is_mine) continue;
    if (nodes.size() < count && choice.take(name)) nodes.push_back(name);
  }
  if (nodes.size() < count) nodes.clear();
  return nodes;
}

void add_chain_hold(const ForeseenJob& job, const HoldFacts& facts, const HoldPolicy& policy,
                    HoldDraft& draft) {
  const UnixSeconds now_s = facts.pool.at_s;
  if (!policy.serves(job.user) || job.probability < policy.personal_probability_min) return;
  if (draft.served.contains(job.user) || facts.misses.is_barred(chain_account(job.user), now_s)) return;
  // A chain that is over does not begin anew with its own last job.
  const auto through = std::ranges::find(facts.live, job.chain_hold, &LiveHold::name);
  const LiveHold* hold = !job.chain_hold.empty() && through != facts.live.end() ? &*through : nullptr;
  if (!job.chain_hold.empty() && (hold == nullptr || hold->user != job.user)) return;
  ChainLink chain = job.chain;
  chain.since_s = hold != nullptr && hold->chain.since_s != 0 ? hold->chain.since_s : now_s;
  if (now_s - chain.since_s >= policy.chain_max_s) return;

  const std::uint32_t count = std::max(job.nodes, 1U);
  if (count > policy.personal_nodes_max || !would_wait(job, facts.pool)) return;
  if (draft.all_share && share_left(job.partition, facts.pool, policy, draft) < count) return;
  if (draft.budget.affordable(job.partition, job.user, count, chain.wait_s) < count) return;
  std::vector<std::string> nodes = nodes_left(job, hold, facts, draft);
  if (nodes.empty()) return;
  const UnixSeconds ends_s = now_s + 2 * facts.pool_life_s;
  draft.add({.kind = HoldKind::personal,
             .name = hold != nullptr ? hold->name : "",
             .partition = job.partition,
             .user = job.user,
             .nodes = std::move(nodes),
             .deadline_s = ends_s,
             .ends_s = ends_s,
             .reason = "follows job " + std::to_string(chain.after) + ": " + percent(job.probability),
             .served = {},
             .chain = chain},
            now_s);
}

}  // namespace

std::string chain_account(std::string_view user) { return std::string(user) + "/chain"; }

void add_chain_holds(const HoldFacts& facts, const HoldPolicy& policy, HoldDraft& draft) {
  keep_chains(facts, policy, draft);
  if (!policy.chains) return;
  std::vector<const ForeseenJob*> surest;
  for (const ForeseenJob& job : facts.foreseen)
    if (job.chain.is_open()) surest.push_back(&job);
  std::ranges::stable_sort(surest, std::greater{}, &ForeseenJob::probability);
  for (const ForeseenJob* job : surest) add_chain_hold(*job, facts, policy, draft);
}

}  // namespace foreshape
