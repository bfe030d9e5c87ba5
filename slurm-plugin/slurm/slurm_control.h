// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The outside world of the holds: what they see of Slurm, and the few things that they do to it.
//
// Runs in: slurmctld (agent thread only).
// Threads: one thread at a time.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "predictor/base/job.h"
#include "predictor/base/result.h"
#include "predictor/plan/pre_allocation.h"
#include "predictor/plan/resource_pool.h"
#include "slurm-plugin/slurm/job_key.h"

namespace foreshape {

/// A waiting, running or just finished job.
struct SeenJob {
  JobId id = 0;
  JobKey sluid = 0;  ///< 0: this Slurm knows none
  JobState state = JobState::unknown;
  UserId uid = 0;
  JobRequest requested;                 ///< as far as Slurm's record and our memory of the submission have it
  std::vector<std::string> partitions;  ///< of a waiting job all that it may use
  std::vector<std::string> nodes;       ///< that it has or had; sorted
  std::uint32_t given_cpus = 0;         ///< of a running job, on all of them
  std::string reservation;              ///< named by the user or by us
  UnixSeconds submit_s = 0, start_s = 0, end_s = 0;  ///< a running job's end is its limit's
  std::uint32_t priority = 0;
  // What a waiting job says of its nodes; both lists sorted.
  std::vector<std::string> required_nodes, excluded_nodes;
  std::string features;  ///< as Slurm writes it: "fast&big"
  bool wants_gres = false;
  bool waits_for_resources =
      false;  ///< could start if there were room: not held, not before its time, no limit hit
  JobId waits_for_end_of = 0;      ///< the one job whose end it waits for, and nothing else of it does
                                   ///< say where it must start; 0 = none, or several
  bool waits_for_success = false;  ///< of that job: else any end will do
  bool is_placeable = false;       ///< nothing of its request says where or how it must start, and it is not
                                   ///< opted out
};

struct SeenReservation {
  std::string name;
  std::vector<std::string> nodes;  ///< sorted
  UnixSeconds start_s = 0, ends_s = 0;
  bool is_open_to_flex =
      false;  ///< of some cores only, into which this Slurm lets any job of a FLEX reservation
};

/// Slurm at one moment. Nodes are usable by their own state; reservations are not yet considered.
struct SeenSlurm {
  UnixSeconds at_s = 0;
  std::vector<PoolNode> nodes;
  std::vector<SeenJob> jobs;
  std::vector<SeenReservation> reservations;
};

class SlurmControl {
 public:
  virtual ~SlurmControl() = default;

  /// Errors of all of them: unavailable - slurmctld does not answer (for seconds after its start), or
  /// refuses; the message has Slurm's reason.
  virtual Result<SeenSlurm> look() = 0;

  /// Creates a reservation from now on, which draws nobody: jobs are put into it. It kills no job at its end,
  /// may lie on nodes that are still busy, and keeps nobody from reserving the same nodes.
  virtual Result<void> create(const WantedHold& hold) = 0;
  /// Its nodes and its end.
  virtual Result<void> change(const WantedHold& hold) = 0;
  /// Gives it back now. Where jobs run in it Slurm keeps its name for them, but none of its nodes' time.
  virtual Result<void> release(const std::string& name) = 0;
  /// Puts a waiting job into a reservation; empty: out of it.
  virtual Result<void> put_job(JobId job, const std::string& reservation) = 0;

  /// Whether that job runs no longer; false where Slurm does not say. Cheap, unlike look().
  virtual bool has_ended(JobId job) = 0;
  /// May ask a name service: seconds at worst. nullopt: there is no such user.
  virtual std::optional<UserId> user_id(const std::string& name) = 0;
  virtual std::optional<std::string> user_name(UserId uid) = 0;
};

}  // namespace foreshape
