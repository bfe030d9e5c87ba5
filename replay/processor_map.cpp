// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/processor_map.h"

#include <algorithm>
#include <utility>

namespace foreshape {
namespace {

// Among the running jobs holds count after all jobs that could ever start.
constexpr std::uint32_t kHoldSeq = std::uint32_t{1} << 31;

}  // namespace

ProcessorMap::ProcessorMap(std::int32_t processors, std::int64_t& free, RunningJobs& running)
    : free_(free), running_(running), processors_(static_cast<std::size_t>(processors)) {
  for (ProcessorIndex p = 0; p < processors_.size(); ++p) open_.insert(open_.end(), p);
}

void ProcessorMap::list(const JobPlace& place) {
  const std::int32_t procs = place.as.procs - place.held;
  if (procs > 0) running_.add({place.as.end_s, place.as.start_seq, procs});
}

void ProcessorMap::unlist(const JobPlace& place) {
  const std::int32_t procs = place.as.procs - place.held;
  if (procs > 0) running_.remove({place.as.end_s, place.as.start_seq, procs});
}

PlannedEnd ProcessorMap::listed_hold(ProcessorIndex processor) const {
  const Processor& p = processors_[processor];
  const std::int64_t end_s = p.job ? std::max(p.held_until_s, planned_end_s(p)) : p.held_until_s;
  return {end_s, kHoldSeq + processor, 1};
}

void ProcessorMap::seat(JobPlace& place, JobIndex job, ProcessorIndex processor, std::int64_t now_s) {
  Processor& p = processors_[processor];
  p.job = job;
  p.since_s = now_s;
  p.entered = p.hold;
  place.on.push_back(processor);
}

void ProcessorMap::open(ProcessorIndex processor, std::int64_t now_s) {
  if (debts_.empty()) {
    open_.insert(processor);
    return;
  }
  Debt& debt = debts_.front();
  seat(jobs_.at(debt.job), debt.job, processor, now_s);
  if (--debt.processors == 0) debts_.pop_front();
}

void ProcessorMap::start(JobIndex job, const PlannedEnd& as, std::int64_t now_s) {
  JobPlace& place = jobs_[job];
  place = {as, {}, 0};
  free_ -= as.procs;
  list(place);
  while (!open_.empty() && place.on.size() < static_cast<std::size_t>(as.procs)) {
    seat(place, job, *open_.begin(), now_s);
    open_.erase(open_.begin());
  }
  const auto missing = as.procs - static_cast<std::int32_t>(place.on.size());
  if (missing > 0) debts_.push_back({job, missing});
}

void ProcessorMap::start_in(HoldNumber hold, JobIndex job, const PlannedEnd& as, std::int64_t now_s) {
  JobPlace& place = jobs_[job];
  place = {as, {}, as.procs};
  for (ProcessorIndex p = 0; p < processors_.size() && place.on.size() < static_cast<std::size_t>(as.procs);
       ++p) {
    if (processors_[p].hold != hold || processors_[p].job) continue;
    running_.remove(listed_hold(p));
    seat(place, job, p, now_s);
    running_.add(listed_hold(p));
  }
}

void ProcessorMap::end(JobIndex job, std::int64_t now_s) {
  const auto found = jobs_.find(job);
  const JobPlace place = std::move(found->second);
  unlist(place);
  for (const ProcessorIndex p : place.on)
    if (processors_[p].hold != 0) running_.remove(listed_hold(p));  // which looks at the job
  jobs_.erase(found);
  free_ += place.as.procs - place.held;
  for (const ProcessorIndex p : place.on) {
    Processor& processor = processors_[p];
    processor.job.reset();
    processor.entered = 0;
    processor.since_s = now_s;
    if (processor.hold != 0)
      running_.add(listed_hold(p));
    else
      open(p, now_s);
  }
}

void ProcessorMap::replan(JobIndex job, std::int64_t planned_end_s) {
  JobPlace& place = jobs_.at(job);
  unlist(place);
  for (const ProcessorIndex p : place.on)
    if (processors_[p].hold != 0) running_.remove(listed_hold(p));
  place.as.end_s = planned_end_s;
  for (const ProcessorIndex p : place.on)
    if (processors_[p].hold != 0) running_.add(listed_hold(p));
  list(place);
}

void ProcessorMap::hold(ProcessorIndex processor, HoldNumber hold, std::int64_t until_s) {
  Processor& p = processors_[processor];
  p.hold = hold;
  p.held_until_s = until_s;
  if (p.job) {
    JobPlace& place = jobs_.at(*p.job);
    unlist(place);
    ++place.held;
    list(place);
  } else {
    open_.erase(processor);
    --free_;
  }
  running_.add(listed_hold(processor));
}

void ProcessorMap::let_go(ProcessorIndex processor, std::int64_t now_s) {
  Processor& p = processors_[processor];
  running_.remove(listed_hold(processor));
  p.hold = 0;
  if (p.job) {
    JobPlace& place = jobs_.at(*p.job);
    unlist(place);
    --place.held;
    list(place);
    return;
  }
  ++free_;
  open(processor, now_s);
}

void ProcessorMap::extend(ProcessorIndex processor, std::int64_t until_s) {
  Processor& p = processors_[processor];
  if (p.held_until_s == until_s) return;
  running_.remove(listed_hold(processor));
  p.held_until_s = until_s;
  running_.add(listed_hold(processor));
}

}  // namespace foreshape
