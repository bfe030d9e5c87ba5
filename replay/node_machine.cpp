// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/node_machine.h"

#include <utility>

namespace foreshape {

NodeMachine::NodeMachine(const Workload& load)
    : load_(load), free_(load.cluster), placements_(load.jobs.size()) {}

FreeNodes NodeMachine::free_at(std::int64_t time_s, const Ends& ends) const {
  FreeNodes free = free_;
  for (const auto& [end_s, seq, job] : ends) {
    if (end_s > time_s) break;
    free.give(placements_[job]);
  }
  return free;
}

NodeMachine::Opening NodeMachine::earliest(const NodeDemand& demand, const Ends& ends) const {
  Opening opening{INT64_MIN, free_};
  for (const auto& [end_s, seq, job] : ends) {
    // Jobs that end together go together.
    if (end_s != opening.at_s && opening.free.fits(demand)) break;
    opening.free.give(placements_[job]);
    opening.at_s = end_s;
  }
  return opening;
}

void NodeMachine::start(JobIndex job, std::uint32_t start_seq, Placement placement,
                        std::int64_t planned_end_s, std::int64_t requested_end_s) {
  free_.take(placement);
  placements_[job] = std::move(placement);
  planned_.emplace(planned_end_s, start_seq, job);
  requested_.emplace(requested_end_s, start_seq, job);
}

void NodeMachine::end(JobIndex job, std::uint32_t start_seq, std::int64_t planned_end_s,
                      std::int64_t requested_end_s) {
  free_.give(placements_[job]);
  planned_.erase({planned_end_s, start_seq, job});
  requested_.erase({requested_end_s, start_seq, job});
}

void NodeMachine::correct(JobIndex job, std::uint32_t start_seq, std::int64_t planned_end_s,
                          std::int64_t corrected_s) {
  planned_.erase({planned_end_s, start_seq, job});
  planned_.emplace(corrected_s, start_seq, job);
}

}  // namespace foreshape
