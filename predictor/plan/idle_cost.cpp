// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/plan/idle_cost.h"

#include <algorithm>
#include <cmath>

namespace foreshape {
namespace {

std::int64_t idle_s(const PoolNode& node, UnixSeconds from_s, UnixSeconds to_s) {
  if (to_s <= from_s) return 0;
  if (node.is_free) return to_s - std::clamp(node.since_s, from_s, to_s);
  return std::clamp(node.since_s, from_s, to_s) - from_s;
}

/// Partitions overlap: who waits in any of the node's could use it.
bool is_waited_for(const PoolNode& node, const ResourcePool& pool) {
  return std::ranges::any_of(pool.queues, [&](const WaitingQueue& queue) {
    return queue.waiting > 0 && node.is_in(queue.partition);
  });
}

}  // namespace

std::int64_t idle_node_s(const LiveHold& hold, const ResourcePool& pool, UnixSeconds from_s) {
  std::int64_t sum = 0;
  for (const PoolNode& node : pool.nodes)
    if (std::ranges::binary_search(hold.nodes, node.name) && is_waited_for(node, pool))
      sum += idle_s(node, from_s, pool.at_s);
  return sum;
}

std::string pool_account(UserId uid) { return "#" + std::to_string(uid); }

IdleLedger::IdleLedger(std::span<const IdleEntry> entries, UnixSeconds now_s) {
  for (const IdleEntry& entry : entries)
    if (entry.node_s > 0 && entry.from_s <= now_s) entries_.push_back(entry);
  std::ranges::stable_sort(entries_, {}, &IdleEntry::from_s);
  forget_before(now_s - kDaySeconds);
}

void IdleLedger::add(UnixSeconds at_s, const std::string& partition, const std::string& user,
                     std::int64_t node_s) {
  if (node_s <= 0) return;
  const UnixSeconds slot_s = at_s - at_s % kSlotSeconds;
  forget_before(at_s - kDaySeconds);
  // The clock was ahead and was set back: what was spent meanwhile is a day old in a day, not in decades.
  if (!entries_.empty() && entries_.back().from_s > slot_s)
    for (IdleEntry& entry : entries_) entry.from_s = std::min(entry.from_s, slot_s);
  for (auto entry = entries_.rbegin(); entry != entries_.rend() && entry->from_s >= slot_s; ++entry)
    if (entry->partition == partition && entry->user == user) {
      entry->node_s += node_s;
      return;
    }
  entries_.push_back({slot_s, partition, user, node_s});
}

void IdleLedger::add_shared(UnixSeconds at_s, const std::string& partition,
                            std::span<const ServedShare> served, std::int64_t node_s) {
  std::int64_t charged = 0;
  double shares = 0;
  for (const ServedShare& one : served) {
    shares += one.share;
    const std::int64_t up_to =
        std::min<std::int64_t>(std::llround(shares * static_cast<double>(node_s)), node_s);
    add(at_s, partition, pool_account(one.uid), up_to - charged);
    charged = std::max(charged, up_to);
  }
  add(at_s, partition, "", node_s - charged);
}

void IdleLedger::forget_before(UnixSeconds s) {
  // A slot counts until its end is a day ago.
  std::erase_if(entries_, [s](const IdleEntry& entry) { return entry.from_s + kSlotSeconds <= s; });
  while (entries_.size() >= kMaxEntries) {
    entries_[1].node_s += entries_[0].node_s;
    entries_.erase(entries_.begin());
  }
}

template <class Counts>
std::int64_t IdleLedger::sum(UnixSeconds now_s, Counts counts) const {
  std::int64_t node_s = 0;
  for (const IdleEntry& entry : entries_)
    if (entry.from_s + kSlotSeconds > now_s - kDaySeconds && counts(entry)) node_s += entry.node_s;
  return node_s;
}

std::int64_t IdleLedger::spent(UnixSeconds now_s) const {
  return sum(now_s, [](const IdleEntry&) { return true; });
}

std::int64_t IdleLedger::spent_in(UnixSeconds now_s, std::string_view partition) const {
  return sum(now_s, [=](const IdleEntry& entry) { return entry.partition == partition; });
}

std::int64_t IdleLedger::spent_for(UnixSeconds now_s, std::string_view user) const {
  return sum(now_s, [=](const IdleEntry& entry) { return entry.user == user; });
}

IdleBudget::IdleBudget(const IdleLedger& ledger, const HoldPolicy& policy, UnixSeconds now_s)
    : ledger_(ledger), policy_(policy), now_s_(now_s) {}

std::uint32_t IdleBudget::affordable(const std::string& partition, const std::string& user,
                                     std::uint32_t nodes, std::int64_t seconds) const {
  std::int64_t left = policy_.idle_cap_node_s - ledger_.spent(now_s_);
  std::int64_t left_here = policy_.idle_cap_per_partition_node_s - ledger_.spent_in(now_s_, partition);
  std::int64_t left_for_user = policy_.idle_cap_per_user_node_s - ledger_.spent_for(now_s_, user);
  for (const IdleEntry& promise : promised_) {
    left -= promise.node_s;
    if (promise.partition == partition) left_here -= promise.node_s;
    if (promise.user == user) left_for_user -= promise.node_s;
  }
  left = std::min(left, left_here);
  if (!user.empty()) left = std::min(left, left_for_user);
  const std::int64_t affordable = std::max<std::int64_t>(left, 0) / std::max<std::int64_t>(seconds, 1);
  return static_cast<std::uint32_t>(std::min<std::int64_t>(affordable, nodes));
}

void IdleBudget::promise(const std::string& partition, const std::string& user, std::uint32_t nodes,
                         std::int64_t seconds) {
  promised_.push_back({now_s_, partition, user, std::int64_t{nodes} * std::max<std::int64_t>(seconds, 0)});
}

}  // namespace foreshape
