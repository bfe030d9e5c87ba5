#pragma once
// Shows short jobs to the pool: opens its door for those to come, puts in some that wait already, and takes
// out those that could not start in it.
//
// Runs in: slurmctld (agent thread).
// Threads: one at a time.

#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "predictor/plan/pre_allocation.h"
#include "predictor/plan/resource_pool.h"
#include "slurm-plugin/pool_door.h"
#include "slurm-plugin/slurm_control.h"

namespace foreshape {

class PoolUsher {
 public:
  /// A job that waits in the pool for longer than this is taken out: its place is gone, and with a
  /// reservation's name it would stand before all others in the queue.
  static constexpr std::int64_t kPatienceSeconds = 15;
  /// And is not put in again for so long.
  static constexpr std::int64_t kNotAgainSeconds = 300;
  /// Jobs put in or taken out in one pass: each is a call of a millisecond.
  static constexpr std::size_t kMostCalls = 200;

  explicit PoolUsher(PoolDoor& door) : door_(door) {}

  /// Takes out of these reservations all jobs that wait in them: they are about to be given back.
  void clear(const std::set<std::string>& reservations, const SeenSlurm& seen, SlurmControl& control);

  /// After the holds have been carried out. pools: those that are live now. served: users of live personal
  /// holds, who are not shown to the pool. is_short: see JobForecasts.
  void pass(std::span<const LiveHold> pools, const std::vector<UserId>& served, const SeenSlurm& seen,
            const ResourcePool& pool, const std::function<bool(const SeenJob&)>& is_short,
            SlurmControl& control);

  /// No pool: nobody is to be shown to it.
  void close() { door_.open({}); }

 private:
  bool take_out(const SeenJob& job, SlurmControl& control);
  void take_out_stuck(std::span<const LiveHold> pools, const SeenSlurm& seen, SlurmControl& control);
  void open_door(std::span<const LiveHold> pools, const std::vector<UserId>& served, const SeenSlurm& seen,
                 const ResourcePool& pool);
  void put_in(const SeenSlurm& seen, const std::function<bool(const SeenJob&)>& is_short,
              SlurmControl& control);

  struct Guest {
    UnixSeconds since_s = 0;  ///< in the pool, waiting; 0 = not in it
    UnixSeconds not_before_s = 0;
  };
  PoolDoor& door_;
  std::map<JobId, Guest> guests_;
  std::size_t calls_ = 0;
};

}  // namespace foreshape
