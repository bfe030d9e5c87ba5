// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The values that holding nodes is planned with: what is foreseen, what is held, what should be held.
//
// Runs in: slurmctld (agent thread) and offline.
// Threads: plain values.

#include <cstdint>
#include <string>
#include <vector>

#include "predictor/base/clock.h"
#include "predictor/base/job.h"

namespace foreshape {

enum class HoldKind : std::uint8_t {
  pool,      ///< for the short jobs of everybody
  personal,  ///< for one user's next job
};

/// What can be done to a hold. The numbers are those of the journal.
enum class HoldAction : std::uint8_t {
  none,
  create,
  grow,
  shrink,
  move,  ///< to other nodes
  release,
  extend,  ///< the same nodes, a later end
};

/// The job at whose end the next one of its user comes, and which one that is.
struct ChainLink {
  JobId after = 0;          ///< runs now, or did; 0 = no chain
  JobId successor = 0;      ///< waits for its end already; 0 = will be submitted then
  UnixSeconds since_s = 0;  ///< since when nodes are kept for this chain
  UnixSeconds ended_s = 0;  ///< when `after` ended; 0 = it runs
  std::int64_t wait_s = 0;  ///< for how long its nodes are kept from then on

  bool is_open() const { return after != 0; }
  friend bool operator==(const ChainLink&, const ChainLink&) = default;
};

/// A job that is not there yet, or waits for the end of another.
struct ForeseenJob {
  UserId uid = 0;
  std::string user;               ///< set where HoldUsers allows this user personal holds, else empty
  double probability = 0;         ///< of a submission within the window
  std::string partition;          ///< where the user's last job went
  std::uint32_t nodes = 1;        ///< shape of the user's last job
  std::uint32_t cpus = 1;         ///< of the whole job
  std::int64_t memory_bytes = 0;  ///< per node; 0 = not said
  std::int64_t run_s = 0;         ///< predicted run time, or the limit; 0 = nothing is known
  // Of one that comes at the end of another job.
  ChainLink chain = {};
  std::vector<std::string> chain_nodes = {};  ///< that job's, sorted; it has them for itself
  std::string chain_hold = {};  ///< the hold through which that job came in; empty = it waited in the queue
};

/// A reservation of ours that is in Slurm's list.
struct LiveHold {
  HoldKind kind = HoldKind::pool;
  std::string name;
  std::string partition;
  std::string user;                ///< of a personal hold
  std::vector<std::string> nodes;  ///< sorted
  UnixSeconds deadline_s = 0;      ///< personal: given back then, unless there is a hit before
  bool is_fulfilled = false;       ///< personal: its job has come; it goes on only for a next one
  UnixSeconds ends_s = 0;          ///< when Slurm itself gives it back
  ChainLink chain = {};            ///< of a personal hold that waits for the end of a job
  UnixSeconds made_s = 0;          ///< 0 = not known
};

/// For whom the pool holds its nodes: what it costs is his in this share.
struct ServedShare {
  UserId uid = 0;
  double share = 0;  ///< of the pool's demand
};

/// A hold as it should be.
struct WantedHold {
  HoldKind kind = HoldKind::pool;
  std::string name;  ///< the live hold that it continues; empty = a new one
  std::string partition;
  std::string user;
  std::vector<std::string> nodes;  ///< sorted, never empty
  UnixSeconds deadline_s = 0;
  UnixSeconds ends_s = 0;
  std::string reason;                    ///< one line for the journal
  std::vector<ServedShare> served = {};  ///< of the pool: the largest kMaxServed; the rest is everybody's
  ChainLink chain = {};                  ///< as in LiveHold
  static constexpr std::size_t kMaxServed = 20;
};

}  // namespace foreshape
