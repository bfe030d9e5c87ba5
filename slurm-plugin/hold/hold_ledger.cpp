// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/hold/hold_ledger.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "predictor/plan/chain_holds.h"
#include "predictor/plan/hold_entry.h"
#include "slurm-plugin/hold/chain_forecasts.h"
#include "slurm-plugin/hold/hold_events.h"
#include "slurm-plugin/hold/machine_view.h"

namespace foreshape {
namespace {

bool has_started(const SeenJob& job) { return job.state != JobState::pending && job.start_s > 0; }

/// By the reservation's name: nobody comes in without being put there.
bool is_hit(const HoldRecord& record, const SeenJob& job) {
  return has_started(job) && job.reservation == record.hold.name;
}

bool would_be_hit(const HoldRecord& record, const SeenJob& job, std::optional<UserId> uid,
                  const HitRules& rules) {
  if (job.partitions.empty()) return false;
  if (const ChainLink& chain = record.hold.chain; chain.is_open())
    return uid == job.uid && chain.ended_s != 0 && job.state != JobState::cancelled && follows(job, chain);
  if (job.submit_s <= record.created_s) return false;
  if (record.hold.kind == HoldKind::personal) return uid == job.uid;
  return job.partitions.front() == record.hold.partition && rules.is_short(job);
}

/// Slurm may give a hold back in the second before.
bool is_over(UnixSeconds end_s, UnixSeconds now_s) { return now_s + 1 >= end_s; }

/// A job that Slurm no longer lists can't be counted a second time.
void forget_unlisted(std::set<JobId>& hits, const SeenSlurm& seen) {
  std::set<JobId> listed;
  for (const SeenJob& job : seen.jobs)
    if (hits.contains(job.id)) listed.insert(job.id);
  hits = std::move(listed);
}

/// A promise that was made and that nobody came for. At the end of a job that still runs nobody could.
bool is_missed(const LiveHold& hold, UnixSeconds now_s) {
  const bool is_due = !hold.chain.is_open() || hold.chain.ended_s != 0;
  return hold.kind == HoldKind::personal && !hold.is_fulfilled && is_due && is_over(hold.deadline_s, now_s);
}

std::string account_of(const LiveHold& hold) {
  return hold.chain.is_open() ? chain_account(hold.user) : hold.user;
}

/// While it was of use to nobody else.
std::int64_t kept_s(const HoldRecord& record) {
  return record.hold.deadline_s - std::max(record.created_s, record.hold.chain.ended_s);
}

/// Notes the end of the job that the hold waits for. Its deadline counts from when a node of it is free: Slurm may
/// clean up after the job for a while.
void look_at_chain(LiveHold& hold, const SeenSlurm& seen, const ResourcePool& pool) {
  ChainLink& chain = hold.chain;
  if (!chain.is_open() || hold.is_fulfilled) return;
  if (chain.ended_s == 0) {
    const auto job = std::ranges::find(seen.jobs, chain.after, &SeenJob::id);
    if (job != seen.jobs.end() && job->state == JobState::running) return;
    const bool is_listed = job != seen.jobs.end() && job->state != JobState::pending && job->end_s > 0;
    chain.ended_s = is_listed ? std::min(job->end_s, seen.at_s) : seen.at_s;
    hold.deadline_s = seen.at_s + chain.wait_s;
  }
  const auto is_free = [&](const std::string& name) {
    const PoolNode* node = pool.find(name);
    return node != nullptr && node->is_free;
  };
  if (std::ranges::none_of(hold.nodes, is_free)) hold.deadline_s = seen.at_s + chain.wait_s;
  hold.deadline_s = std::min(hold.deadline_s, hold.ends_s);
}

}  // namespace

HoldRecord* HoldLedger::find(std::string_view name) {
  const auto found =
      std::ranges::find_if(state_.holds, [&](const HoldRecord& r) { return r.hold.name == name; });
  return found != state_.holds.end() ? &*found : nullptr;
}

std::vector<LiveHold> HoldLedger::take_stock(const SeenSlurm& seen, const ResourcePool& pool,
                                             const HitRules& rules) {
  for (HoldRecord& record : state_.holds) {
    account_idle(record, pool, rules);
    find_hits(record, seen, rules);
    look_at_chain(record.hold, seen, pool);
  }
  const auto is_gone = [&](const HoldRecord& record) {
    return std::ranges::none_of(seen.reservations, [&](const SeenReservation& r) {
      return r.name == record.hold.name && is_our_hold(r, seen.at_s);
    });
  };
  std::vector<LiveHold> gone_early;
  for (const HoldRecord& record : state_.holds) {
    if (!is_gone(record)) continue;
    close(record, "given back by Slurm", seen.at_s);
    if (!is_over(record.hold.ends_s, seen.at_s)) gone_early.push_back(record.hold);
  }
  std::erase_if(state_.holds, is_gone);

  for (const SeenReservation& reservation : seen.reservations) {
    if (!is_our_hold(reservation, seen.at_s)) continue;
    if (HoldRecord* record = find(reservation.name)) {
      record->hold.nodes = reservation.nodes;
      record->hold.ends_s = reservation.ends_s;
    } else {
      adopt(reservation, seen.at_s);
    }
  }
  return gone_early;
}

void HoldLedger::adopt(const SeenReservation& reservation, UnixSeconds now_s) {
  HoldRecord record;
  record.hold = hold_of(reservation);
  record.created_s = record.looked_s = std::min(reservation.start_s, now_s);
  record_(hold_event(HoldPhase::adopted, HoldAction::none, record.hold, "found in Slurm's list", now_s));
  state_.holds.push_back(std::move(record));
}

void HoldLedger::charge(const HoldRecord& record, std::int64_t idle, UnixSeconds at_s,
                        const HitRules& rules) {
  const LiveHold& hold = record.hold;
  if (hold.kind == HoldKind::pool && rules.served)
    state_.ledger.add_shared(at_s, hold.partition, rules.served(hold.partition), idle);
  else
    state_.ledger.add(at_s, hold.partition, hold.user, idle);
}

void HoldLedger::account_idle(HoldRecord& record, const ResourcePool& pool, const HitRules& rules) {
  const UnixSeconds from_s = std::max(record.looked_s, record.created_s);
  // It holds nothing beyond its end, whatever the clock says by now.
  const std::int64_t most_s = std::max<std::int64_t>(std::min(pool.at_s, record.hold.ends_s) - from_s, 0);
  const auto nodes = static_cast<std::int64_t>(record.hold.nodes.size());
  const std::int64_t idle = std::min(idle_node_s(record.hold, pool, from_s), most_s * nodes);
  record.looked_s = pool.at_s;
  record.idle_node_s += idle;
  charge(record, idle, pool.at_s, rules);
}

void HoldLedger::find_hits(HoldRecord& record, const SeenSlurm& seen, const HitRules& rules) {
  const bool personal = record.hold.kind == HoldKind::personal;
  const std::optional<UserId> uid = personal ? rules.uid_of(record.hold.user) : std::nullopt;
  for (const SeenJob& job : seen.jobs) {
    const bool hit = rules.is_dry ? would_be_hit(record, job, uid, rules) : is_hit(record, job);
    if (!hit || !record.hits.insert(job.id).second) continue;
    HoldEvent event = hold_event(HoldPhase::hit, HoldAction::none, record.hold, "", seen.at_s);
    event.job_id = job.id;
    event.idle_node_s = record.idle_node_s;
    record_(event);
    ++hits_;
    if (!personal) continue;
    record.hold.is_fulfilled = true;
    state_.misses.note_hit(account_of(record.hold));
  }
  if (record.hits.size() > HoldRecord::kMaxHits) forget_unlisted(record.hits, seen);
}

void HoldLedger::close(const HoldRecord& record, std::string_view reason, UnixSeconds now_s) {
  if (is_missed(record.hold, now_s)) {
    ++misses_;
    state_.misses.note_miss(account_of(record.hold), now_s, kept_s(record));
  }
  HoldEvent event = hold_event(HoldPhase::released, HoldAction::release, record.hold, reason, now_s);
  event.idle_node_s = record.idle_node_s;
  record_(event);
}

void HoldLedger::forget_times(UnixSeconds now_s) {
  for (HoldRecord& record : state_.holds) {
    record.looked_s = now_s;
    record.created_s = std::min(record.created_s, now_s);
  }
}

void HoldLedger::note_overrun(UserId uid, UnixSeconds now_s) {
  state_.overruns.note_miss(std::to_string(uid), now_s, kOverrunBarSeconds);
}

bool HoldLedger::is_barred(UserId uid, UnixSeconds now_s) const {
  return state_.overruns.is_barred(std::to_string(uid), now_s);
}

std::vector<LiveHold> HoldLedger::live() const {
  std::vector<LiveHold> live;
  for (const HoldRecord& record : state_.holds) {
    live.push_back(record.hold);
    live.back().made_s = record.created_s;
  }
  return live;
}

std::string HoldLedger::next_name() {
  std::string name;
  do name = hold_name(state_.next_number++);
  while (find(name) != nullptr);
  return name;
}

void HoldLedger::note_done(const HoldStep& step, UnixSeconds now_s) {
  HoldRecord* record = find(step.hold.name);
  if (step.action == HoldAction::release) {
    if (record == nullptr) return;
    close(*record, step.hold.reason, now_s);
    std::erase_if(state_.holds, [&](const HoldRecord& r) { return r.hold.name == step.hold.name; });
    return;
  }
  if (record == nullptr) {
    record = &state_.holds.emplace_back();
    record->created_s = record->looked_s = now_s;
  }
  const bool goes_on = record->hold.is_fulfilled && step.hold.deadline_s == record->hold.deadline_s;
  record->hold = hold_after(step);
  record->hold.is_fulfilled = goes_on;
}

}  // namespace foreshape
