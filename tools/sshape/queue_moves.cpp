// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/queue_moves.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <tuple>

namespace foreshape {
namespace {

/// How many of those added have a rank below another: a Fenwick tree over ranks.
class RankCount {
 public:
  explicit RankCount(std::size_t ranks) : sums_(ranks + 1) {}

  void add(std::size_t rank, std::int64_t n) {
    all_ += n;
    for (std::size_t i = rank + 1; i < sums_.size(); i += lowest_bit(i)) sums_[i] += n;
  }
  std::int64_t below(std::size_t rank) const {
    std::int64_t sum = 0;
    for (std::size_t i = rank; i > 0; i -= lowest_bit(i)) sum += sums_[i];
    return sum;
  }
  std::int64_t above(std::size_t rank) const { return all_ - below(rank + 1); }

 private:
  static std::size_t lowest_bit(std::size_t i) { return i & (~i + 1); }

  std::vector<std::int64_t> sums_;
  std::int64_t all_ = 0;
};

std::int64_t key(const QueuedJob& job) { return job.submit_s + job.offset_s; }

/// Equal keys have one rank: neither job passes the other.
std::vector<std::size_t> ranks_of(std::span<const QueuedJob> jobs) {
  std::vector<std::int64_t> keys(jobs.size());
  std::ranges::transform(jobs, keys.begin(), key);
  std::ranges::sort(keys);
  std::vector<std::size_t> ranks(jobs.size());
  for (std::size_t i = 0; i < jobs.size(); ++i)
    ranks[i] = static_cast<std::size_t>(std::ranges::lower_bound(keys, key(jobs[i])) - keys.begin());
  return ranks;
}

struct QueueEvent {
  UnixSeconds at_s;
  bool is_submission;  ///< at one moment those that leave go first
  std::size_t job;

  bool operator<(const QueueEvent& other) const {
    return std::tie(at_s, is_submission, job) < std::tie(other.at_s, other.is_submission, other.job);
  }
};

std::vector<QueueEvent> events_of(std::span<const QueuedJob> jobs) {
  std::vector<QueueEvent> events;
  events.reserve(2 * jobs.size());
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (jobs[i].until_s <= jobs[i].submit_s) continue;  // it never stood in the queue
    events.push_back({jobs[i].submit_s, true, i});
    events.push_back({jobs[i].until_s, false, i});
  }
  std::ranges::sort(events, std::less<>());
  return events;
}

}  // namespace

std::vector<QueueMove> queue_moves(std::span<const QueuedJob> jobs) {
  const std::vector<std::size_t> ranks = ranks_of(jobs);
  RankCount waiting(jobs.size()), submitted(jobs.size());
  std::vector<QueueMove> moves(jobs.size());
  for (const QueueEvent& event : events_of(jobs)) {
    const std::size_t rank = ranks[event.job];
    QueueMove& move = moves[event.job];
    if (event.is_submission) {
      move.ahead_of = waiting.above(rank);
      move.passed_by = -submitted.below(rank);  // those came before it
      submitted.add(rank, 1);
    } else {
      move.passed_by += submitted.below(rank);
    }
    waiting.add(rank, event.is_submission ? 1 : -1);
  }
  return moves;
}

}  // namespace foreshape
