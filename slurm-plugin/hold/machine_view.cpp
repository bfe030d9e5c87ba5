// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/hold/machine_view.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "slurm-plugin/state/hold_admission.h"

namespace foreshape {
namespace {

using NodeIndex = std::unordered_map<std::string_view, PoolNode*>;

PoolNode* node_at(const NodeIndex& index, const std::string& name) {
  const auto found = index.find(name);
  return found != index.end() ? found->second : nullptr;
}

/// Busy from the start of the first job that is there to the end of the last one.
void add_job(const SeenJob& job, UnixSeconds end_s, UnixSeconds now_s, const NodeIndex& index) {
  for (const std::string& name : job.nodes) {
    PoolNode* node = node_at(index, name);
    if (node == nullptr) continue;
    const bool first = node->free_at_s == kNever;
    node->is_free = false;
    ++node->jobs;
    node->since_s = first ? job.start_s : std::min(node->since_s, job.start_s);
    node->free_at_s = std::max(first ? now_s : node->free_at_s, end_s);
    if (is_hold_name(job.reservation)) node->admitted = job.uid;
  }
}

void add_reservation(const SeenReservation& reservation, UnixSeconds now_s, std::int64_t horizon_s,
                     const NodeIndex& index) {
  const bool ours = is_our_hold(reservation, now_s);
  if (!ours && (reservation.ends_s <= now_s || reservation.start_s > now_s + horizon_s)) return;
  for (const std::string& name : reservation.nodes)
    if (PoolNode* node = node_at(index, name)) {
      if (ours)
        node->held_by = reservation.name;
      else
        node->usable = false;
    }
}

}  // namespace

std::string hold_name(std::uint32_t number) { return std::string(kHoldPrefix) + std::to_string(number); }

bool is_our_hold(const SeenReservation& reservation, UnixSeconds now_s) {
  return is_hold_name(reservation.name) && reservation.ends_s > now_s;
}

LiveHold hold_of(const SeenReservation& reservation) {
  LiveHold hold;
  hold.name = reservation.name;
  hold.nodes = reservation.nodes;
  hold.ends_s = hold.deadline_s = reservation.ends_s;
  return hold;
}

ResourcePool machine_view(const SeenSlurm& seen, std::vector<WaitingQueue> queues, std::int64_t horizon_s,
                          const std::function<UnixSeconds(const SeenJob&)>& expected_end_s) {
  ResourcePool pool;
  pool.at_s = seen.at_s;
  pool.nodes = seen.nodes;
  pool.queues = std::move(queues);
  NodeIndex index;
  for (PoolNode& node : pool.nodes) {
    index[node.name] = &node;
    if (node.is_free) node.free_at_s = seen.at_s;
    if (!node.is_free) node.free_at_s = kNever;
  }
  for (const SeenJob& job : seen.jobs)
    if (job.state == JobState::running) add_job(job, expected_end_s(job), seen.at_s, index);
  // Busy without a job: a node is being cleaned up after one.
  for (PoolNode& node : pool.nodes)
    if (!node.is_free && node.free_at_s == kNever) node.free_at_s = seen.at_s + 1;
  for (const SeenReservation& reservation : seen.reservations)
    add_reservation(reservation, seen.at_s, horizon_s, index);
  return pool;
}

}  // namespace foreshape
