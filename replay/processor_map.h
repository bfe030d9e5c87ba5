// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which processor of a pool has which job, and which are held: what holding nodes needs beside the sums.
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "replay/running.h"
#include "replay/workload.h"

namespace foreshape {

using ProcessorIndex = std::uint32_t;
using HoldNumber = std::uint32_t;  ///< 0 = none

struct Processor {
  std::optional<JobIndex> job;
  std::int64_t since_s = 0;  ///< since when it is free, or has this job
  HoldNumber hold = 0;       ///< in which it is now
  HoldNumber entered = 0;    ///< through which its job came; 0 = through the queue
  std::int64_t held_until_s = 0;
};

/// Held processors are nobody's until their hold's end: they are not among `free`, and stand among the running jobs
/// with that end; with their job's, where that is later. A job of which some processors are held has only the others
/// there (held_of).
class ProcessorMap {
 public:
  /// All free. free, running: those of the simulation; must outlive it.
  ProcessorMap(std::int32_t processors, std::int64_t& free, RunningJobs& running);

  /// The job starts and takes free processors; of a job that ends this very second where there are too few.
  void start(JobIndex job, const PlannedEnd& as, std::int64_t now_s);
  /// The same in a hold, on so many of its free processors; there must be enough.
  void start_in(HoldNumber hold, JobIndex job, const PlannedEnd& as, std::int64_t now_s);
  void end(JobIndex job, std::int64_t now_s);
  void replan(JobIndex job, std::int64_t planned_end_s);

  /// The processor is in that hold from now on; it must be in none.
  void hold(ProcessorIndex processor, HoldNumber hold, std::int64_t until_s);
  void let_go(ProcessorIndex processor, std::int64_t now_s);
  /// The hold lasts until then.
  void extend(ProcessorIndex processor, std::int64_t until_s);

  const std::vector<Processor>& all() const { return processors_; }
  /// When the job is planned to end that the processor has.
  std::int64_t planned_end_s(const Processor& processor) const { return jobs_.at(*processor.job).as.end_s; }

 private:
  struct JobPlace {
    PlannedEnd as;
    std::vector<ProcessorIndex> on;
    std::int32_t held = 0;
  };
  struct Debt {
    JobIndex job;
    std::int32_t processors;
  };

  void seat(JobPlace& place, JobIndex job, ProcessorIndex processor, std::int64_t now_s);
  /// It has no job and is in no hold: for who waits for one, else free.
  void open(ProcessorIndex processor, std::int64_t now_s);
  void list(const JobPlace& place);
  void unlist(const JobPlace& place);
  PlannedEnd listed_hold(ProcessorIndex processor) const;

  std::int64_t& free_;
  RunningJobs& running_;
  std::vector<Processor> processors_;
  std::set<ProcessorIndex> open_;  // free, and in no hold
  std::unordered_map<JobIndex, JobPlace> jobs_;
  std::deque<Debt> debts_;  // of jobs that started where others end in the same second
};

}  // namespace foreshape
