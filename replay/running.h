// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Running jobs by the time at which they are planned to end: when does a job fit?
//
// Runs in: offline.
// Threads: one object, one thread.

#include <cstdint>

#include "replay/block_list.h"

namespace foreshape {

struct PlannedEnd {
  std::int64_t end_s = 0;
  std::uint32_t start_seq = 0;  ///< jobs counted in the order of their starts
  std::int32_t procs = 0;

  friend bool operator<(const PlannedEnd& a, const PlannedEnd& b) {
    return a.end_s != b.end_s ? a.end_s < b.end_s : a.start_seq < b.start_seq;
  }
};

/// When the blocked head can start, and what it leaves then.
struct Shadow {
  std::int64_t at_s = 0;
  std::int64_t extra = 0;  ///< processors that may be taken beyond that time
};

class RunningJobs {
 public:
  void add(const PlannedEnd& job) { jobs_.insert(job); }
  void remove(const PlannedEnd& job) { jobs_.erase(job); }
  bool empty() const { return jobs_.empty(); }

  /// Processors of jobs whose planned end is at or before that time.
  std::int64_t freed_by(std::int64_t time_s) const {
    std::int64_t freed = 0;
    walk([&](const ProcSum& all) { return all.last_end_s <= time_s; },
         [&](std::int64_t procs, std::int64_t end_s) {
           if (end_s > time_s) return false;
           freed += procs;
           return true;
         });
    return freed;
  }

  /// The earliest planned end at which `procs` processors are free.
  /// free: those free without counting any planned end; procs must be <= the whole machine.
  Shadow shadow(std::int64_t free, std::int64_t procs) const {
    Shadow found;
    bool fits = false;
    walk([&](const ProcSum& all) { return free + all.procs < procs; },
         [&](std::int64_t more, std::int64_t end_s) {
           if (fits && end_s > found.at_s) return false;
           free += more;
           found.at_s = end_s;
           fits = fits || free >= procs;
           return true;
         });
    found.extra = free - procs;
    return found;
  }

  /// Calls visit(end_s, procs) for every job in order of planned ends.
  template <class Visit>
  void each(Visit&& visit) const {
    jobs_.look([](const ProcSum&) { return false; },
               [&](const PlannedEnd& j) {
                 visit(j.end_s, j.procs);
                 return true;
               });
  }

 private:
  struct ProcSum {
    std::int64_t procs = 0;
    std::int64_t last_end_s = INT64_MIN;
    void add(const PlannedEnd& job) {
      procs += job.procs;
      if (job.end_s > last_end_s) last_end_s = job.end_s;
    }
  };

  /// Adds up from the first planned end on, a block at a time while whole(sum) holds; add returns false
  /// to stop.
  template <class Whole, class Add>
  void walk(Whole&& whole, Add&& add) const {
    jobs_.look(
        [&](const ProcSum& all) {
          if (!whole(all)) return false;
          add(all.procs, all.last_end_s);
          return true;
        },
        [&](const PlannedEnd& j) { return add(j.procs, j.end_s); });
  }

  BlockList<PlannedEnd, ProcSum> jobs_;
};

}  // namespace foreshape
