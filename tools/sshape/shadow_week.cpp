// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/shadow_week.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "tools/cli/time_words.h"
#include "tools/sshape/queue_moves.h"

namespace foreshape {
namespace {

constexpr std::int64_t kWaited_s = 60;

using Weeks = std::vector<ShadowWeek>;

Weeks empty_weeks(UnixSeconds start_s, UnixSeconds end_s) {
  constexpr std::size_t kMaxWeeks = 520;  // a mistyped year makes no endless report
  Weeks weeks;
  for (const UnixSeconds monday_s : mondays(start_s, end_s, kMaxWeeks))
    weeks.push_back({monday_s, {}, {}, {}});
  return weeks;
}

ShadowWeek* week_of(Weeks& weeks, UnixSeconds moment_s) {
  const auto after = std::ranges::upper_bound(weeks, moment_s, {}, &ShadowWeek::monday_s);
  return after == weeks.begin() ? nullptr : &*std::prev(after);
}

/// Until when it stood in the queue.
UnixSeconds waited_until(const ShadowJob& job, UnixSeconds now) {
  if (job.start_s > 0) return job.start_s;
  return job.end_s > 0 ? job.end_s : now;
}

/// The jobs of one partition that waited, and whose they are.
struct Queue {
  std::vector<QueuedJob> jobs;
  std::vector<OrderShadow*> shadows;
};
using Queues = std::map<std::pair<std::string, std::string>, Queue>;

void count_in_queue(const ShadowJob& job, UnixSeconds now, OrderShadow& order, Queues& queues) {
  ++order.jobs;
  const UnixSeconds until_s = waited_until(job, now);
  if (until_s - job.submit_s < kWaited_s) return;
  ++order.waited;
  Queue& queue = queues[{job.cluster, job.partition}];
  queue.jobs.push_back({job.submit_s, until_s, *job.order_offset_s});
  queue.shadows.push_back(&order);
}

void add_move(OrderShadow& order, const QueueMove& move, std::int64_t wait_s) {
  if (move.ahead_of > 0 || move.passed_by > 0) ++order.moved;
  if (move.ahead_of > 0) {
    ++order.ahead;
    order.ahead_of += move.ahead_of;
    order.ahead_wait_s += wait_s;
  }
  if (move.passed_by > 0) {
    ++order.passed;
    order.passed_by += move.passed_by;
    order.passed_wait_s += wait_s;
  }
}

void add_moves(const Queue& queue) {
  const std::vector<QueueMove> moves = queue_moves(queue.jobs);
  for (std::size_t i = 0; i < moves.size(); ++i)
    add_move(*queue.shadows[i], moves[i], queue.jobs[i].until_s - queue.jobs[i].submit_s);
}

void add_memory(const ShadowJob& job, MemoryShadow& memory) {
  ++memory.jobs;
  if (job.end_s == 0 || job.run_s <= 0) return;
  constexpr double kHour_s = 3'600, kBytesInGiB = 1 << 30;
  const double node_hours = static_cast<double>(job.nodes) * static_cast<double>(job.run_s) / kHour_s;
  const auto gib_hours = [&](std::int64_t bytes) {
    return static_cast<double>(bytes) / kBytesInGiB * node_hours;
  };
  const std::int64_t shaped = *job.shaped_memory_bytes;
  const std::int64_t requested = job.requested_memory_bytes.value_or(shaped);
  ++memory.ended;
  memory.gib_hours_requested += gib_hours(requested);
  if (job.peak_memory_bytes) ++memory.measured;
  if (job.peak_memory_bytes && *job.peak_memory_bytes > shaped) {
    ++memory.killed;
    memory.core_hours_again += static_cast<double>(job.cpus) * static_cast<double>(job.run_s) / kHour_s;
  } else {
    memory.gib_hours_given_back += gib_hours(std::max<std::int64_t>(requested - shaped, 0));
  }
}

void add_hold(const ReportedHold& hold, HoldShadow& holds) {
  ++holds.holds;
  holds.idle_node_s += hold.idle_node_s;
  if (hold.hits > 0)
    ++holds.hit;
  else if (hold.closed_s > 0)
    ++holds.unused;
}

}  // namespace

std::vector<ShadowWeek> shadow_weeks(std::span<const ShadowJob> jobs, std::span<const ReportedHold> holds,
                                     UnixSeconds start_s, UnixSeconds end_s, UnixSeconds now) {
  Weeks weeks = empty_weeks(start_s, end_s);
  Queues queues;
  for (const ShadowJob& job : jobs) {
    ShadowWeek* const week = week_of(weeks, job.submit_s);
    if (week == nullptr) continue;
    if (job.order_offset_s) count_in_queue(job, now, week->order, queues);
    if (job.shaped_memory_bytes) add_memory(job, week->memory);
  }
  for (const auto& [place, queue] : queues) add_moves(queue);
  for (const ReportedHold& hold : holds) {
    ShadowWeek* const week = week_of(weeks, hold.created_s);
    if (week != nullptr && hold.dry_run && hold.created_s >= start_s) add_hold(hold, week->holds);
  }
  return weeks;
}

}  // namespace foreshape
