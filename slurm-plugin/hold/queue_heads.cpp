// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/hold/queue_heads.h"

#include <algorithm>
#include <tuple>

namespace foreshape {
namespace {

bool goes_before(const SeenJob& a, const SeenJob& b) {
  return std::make_tuple(b.priority, a.id) < std::make_tuple(a.priority, b.id);
}

}  // namespace

std::vector<WaitingQueue> QueueHeads::update(std::span<const SeenJob> jobs, UnixSeconds now_s) {
  std::map<std::string, std::pair<std::uint32_t, const SeenJob*>> queues;
  for (const SeenJob& job : jobs) {
    if (!job.waits_for_resources || !job.reservation.empty()) continue;
    for (const std::string& partition : job.partitions) {
      auto& [count, head] = queues[partition];
      ++count;
      if (head == nullptr || goes_before(job, *head)) head = &job;
    }
  }
  std::vector<WaitingQueue> waiting;
  std::map<std::string, Head> heads;
  for (const auto& [partition, queue] : queues) {
    const auto& [count, job] = queue;
    const auto before = heads_.find(partition);
    const bool same = before != heads_.end() && before->second.job == job->id;
    heads[partition] = {job->id, same ? before->second.since_s : now_s};
    waiting.push_back({.partition = partition,
                       .waiting = count,
                       .head = job->id,
                       .head_nodes = std::max(job->requested.nodes.value_or(1), 1U),
                       .head_since_s = heads[partition].since_s});
  }
  heads_ = std::move(heads);
  return waiting;
}

}  // namespace foreshape
