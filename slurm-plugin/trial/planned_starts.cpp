// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/trial/planned_starts.h"

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "slurm-plugin/slurm/record_state.h"
#include "slurm-plugin/slurm/slurm_field.h"

namespace foreshape {
namespace {

struct FreeText {
  void operator()(char* text) const noexcept { std::free(text); }
};

/// Slurm's hostlist of a text; its type is a pointer in older releases and what one points to in newer ones.
class NodeList {
 public:
  explicit NodeList(const char* nodes) : list_(slurm_hostlist_create(nodes)) {}
  ~NodeList() {
    if (list_ != nullptr) slurm_hostlist_destroy(list_);
  }
  NodeList(const NodeList&) = delete;
  NodeList& operator=(const NodeList&) = delete;

  bool has(const char* node) const { return list_ != nullptr && slurm_hostlist_find(list_, node) >= 0; }

  /// The first, which leaves the list; null: there is none.
  std::unique_ptr<char, FreeText> take() {
    return std::unique_ptr<char, FreeText>(list_ != nullptr ? slurm_hostlist_shift(list_) : nullptr);
  }

 private:
  decltype(slurm_hostlist_create(nullptr)) list_;
};

bool share_a_node(const char* some, const char* others) {
  const NodeList known(others);
  NodeList left(some);
  for (auto node = left.take(); node; node = left.take())
    if (known.has(node.get())) return true;
  return false;
}

/// Also where its nodes are not there: after a start of slurmctld none has registered yet.
bool waits_for_room(const slurm_job_info_t& job) {
  switch (job.state_reason) {
    case WAIT_NO_REASON:
    case WAIT_PRIORITY:
    case WAIT_RESOURCES:
    case WAIT_NODE_NOT_AVAIL:
      return true;
    default:
      return false;
  }
}

bool reserves_nodes(const slurm_job_info_t& job, std::uint32_t overdue_points) {
  return job_state(job.job_state) == JobState::pending && waits_for_room(job) &&
         job.priority >= overdue_points;
}

}  // namespace

PlannedStarts::PlannedStarts(const job_info_msg_t& jobs, std::uint32_t overdue_points) {
  for (std::uint32_t i = 0; i < jobs.record_count; ++i) {
    const slurm_job_info_t& job = jobs.job_array[i];
    if (!reserves_nodes(job, overdue_points)) continue;
    const bool is_planned = job.start_time > 0 && !bounded(job.sched_nodes).empty();
    if (is_planned)
      starts_.push_back({job.start_time, job.sched_nodes});
    else
      known_until_s_ = 0;
  }
  std::ranges::sort(starts_, {}, &Start::at_s);
  if (starts_.size() <= kMaxStarts) return;
  known_until_s_ = std::min(known_until_s_, starts_[kMaxStarts].at_s);
  starts_.resize(kMaxStarts);
}

bool PlannedStarts::leave_free(const char* nodes, UnixSeconds until_s) const {
  if (bounded(nodes).empty() || until_s > known_until_s_) return false;
  const auto later = std::ranges::lower_bound(starts_, until_s, {}, &Start::at_s);
  return std::none_of(starts_.begin(), later,
                      [nodes](const Start& start) { return share_a_node(nodes, start.nodes); });
}

}  // namespace foreshape
