#include "slurm-plugin/hold_book.h"

#include <algorithm>
#include <utility>

#include "slurm-plugin/hold_events.h"
#include "slurm-plugin/machine_view.h"

namespace foreshape {
namespace {

using Step = HoldEvent::Step;
using Action = HoldEvent::Action;

bool has_started(const SeenJob& job) { return job.state != JobState::pending && job.start_s > 0; }

/// On a node of the hold, since the hold has had it.
bool started_on_held_node(const HoldRecord& record, const SeenJob& job) {
  return std::ranges::any_of(job.nodes, [&](const std::string& node) {
    if (!std::ranges::binary_search(record.hold.nodes, node)) return false;
    const auto since = record.node_since_s.find(node);
    return job.start_s >= (since != record.node_since_s.end() ? since->second : record.created_s);
  });
}

/// By the reservation's name, or by user, node and time: a job that a FLEX reservation drew may be recorded
/// without its name.
bool is_hit(const HoldRecord& record, const SeenJob& job, std::optional<UserId> uid) {
  if (!has_started(job)) return false;
  if (job.reservation == record.hold.name) return true;
  return record.hold.kind == HoldKind::personal && uid == job.uid && started_on_held_node(record, job);
}

bool would_be_hit(const HoldRecord& record, const SeenJob& job, std::optional<UserId> uid,
                  const HitRules& rules) {
  if (job.submit_s <= record.created_s || job.partitions.empty()) return false;
  if (record.hold.kind == HoldKind::personal) return uid == job.uid;
  return job.partitions.front() == record.hold.partition && rules.is_short(job);
}

/// A promise that was made and that nobody came for.
bool is_missed(const LiveHold& hold, UnixSeconds now_s) {
  // Slurm may give it back in the second before.
  return hold.kind == HoldKind::personal && !hold.is_fulfilled && now_s + 1 >= hold.deadline_s;
}

}  // namespace

HoldRecord* HoldBook::find(std::string_view name) {
  const auto found =
      std::ranges::find_if(state_.holds, [&](const HoldRecord& r) { return r.hold.name == name; });
  return found != state_.holds.end() ? &*found : nullptr;
}

void HoldBook::take_stock(const SeenSlurm& seen, const ResourcePool& pool, const HitRules& rules) {
  for (HoldRecord& record : state_.holds) {
    account_idle(record, pool);
    find_hits(record, seen, rules);
  }
  const auto is_gone = [&](const HoldRecord& record) {
    return std::ranges::none_of(seen.reservations, [&](const SeenReservation& r) {
      return r.name == record.hold.name && is_our_hold(r, seen.at_s);
    });
  };
  for (const HoldRecord& record : state_.holds)
    if (is_gone(record)) close(record, "given back by Slurm", seen.at_s);
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
}

void HoldBook::adopt(const SeenReservation& reservation, UnixSeconds now_s) {
  HoldRecord record;
  record.hold = hold_of(reservation);
  record.created_s = record.looked_s = std::min(reservation.start_s, now_s);
  record_(hold_event(Step::adopted, Action::none, record.hold, "found in Slurm's list", now_s));
  state_.holds.push_back(std::move(record));
}

void HoldBook::account_idle(HoldRecord& record, const ResourcePool& pool) {
  const UnixSeconds from_s = std::max(record.looked_s, record.created_s);
  const std::int64_t idle = idle_node_s(record.hold, pool, from_s);
  record.looked_s = pool.at_s;
  record.idle_node_s += idle;
  state_.ledger.add(pool.at_s, record.hold.partition, record.hold.user, idle);
}

void HoldBook::find_hits(HoldRecord& record, const SeenSlurm& seen, const HitRules& rules) {
  const bool personal = record.hold.kind == HoldKind::personal;
  const std::optional<UserId> uid = personal ? rules.uid_of(record.hold.user) : std::nullopt;
  for (const SeenJob& job : seen.jobs) {
    const bool hit = rules.is_dry ? would_be_hit(record, job, uid, rules) : is_hit(record, job, uid);
    if (!hit || !record.hits.insert(job.id).second) continue;
    if (record.hits.size() > HoldRecord::kMaxHits) record.hits.erase(record.hits.begin());
    HoldEvent event = hold_event(Step::hit, Action::none, record.hold, "", seen.at_s);
    event.job_id = job.id;
    event.idle_node_s = record.idle_node_s;
    record_(event);
    ++hits_;
    if (!personal) continue;
    record.hold.is_fulfilled = true;
    state_.misses.note_hit(record.hold.user);
  }
}

void HoldBook::close(const HoldRecord& record, std::string_view reason, UnixSeconds now_s) {
  if (is_missed(record.hold, now_s)) {
    ++misses_;
    state_.misses.note_miss(record.hold.user, now_s, record.hold.deadline_s - record.created_s);
  }
  HoldEvent event = hold_event(Step::released, Action::release, record.hold, reason, now_s);
  event.idle_node_s = record.idle_node_s;
  record_(event);
}

std::vector<LiveHold> HoldBook::live() const {
  std::vector<LiveHold> live;
  for (const HoldRecord& record : state_.holds) live.push_back(record.hold);
  return live;
}

std::string HoldBook::next_name(HoldKind kind, std::string_view whose) {
  std::string name;
  do name = hold_name(kind, whose, state_.next_number++);
  while (find(name) != nullptr);
  return name;
}

void HoldBook::note_done(const HoldStep& step, UnixSeconds now_s) {
  HoldRecord* record = find(step.hold.name);
  if (step.action == HoldStep::Action::release) {
    if (record == nullptr) return;
    close(*record, step.hold.reason, now_s);
    std::erase_if(state_.holds, [&](const HoldRecord& r) { return r.hold.name == step.hold.name; });
    return;
  }
  if (record == nullptr) {
    record = &state_.holds.emplace_back();
    record->created_s = record->looked_s = now_s;
  }
  for (const std::string& node : step.hold.nodes)
    if (!std::ranges::binary_search(record->hold.nodes, node)) record->node_since_s[node] = now_s;
  const bool goes_on = record->hold.is_fulfilled && step.hold.deadline_s == record->hold.deadline_s;
  record->hold = hold_after(step);
  record->hold.is_fulfilled = goes_on;
}

}  // namespace foreshape
