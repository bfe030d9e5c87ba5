// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Whose jobs run longer than was predicted of them, all of a user's jobs together, while they still run.
//
// Runs in: slurmctld (agent thread).
// Threads: one thread at a time.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <slurm/slurm.h>
#include <unordered_map>
#include <unordered_set>

#include "predictor/journal/event.h"
#include "slurm-plugin/state/user_overruns.h"

namespace foreshape {

class OverrunWatch {
 public:
  /// The predicted mean run time with which a job was put into the order, seconds; nullopt if there was none.
  using ClaimOf = std::function<std::optional<float>(const slurm_job_info_t&)>;

  /// Takes stock of the jobs in Slurm's list, running and ended. now_s: of the look.
  UserOverruns look(const job_info_msg_t& jobs, const ClaimOf& claim_of, UnixSeconds now_s);

 private:
  struct Account {
    double ran_s = 0, claimed_s = 0;  // of both halve in a day
    UnixSeconds at_s = 0;
  };
  using Accounts = std::unordered_map<UserId, Account>;
  static constexpr std::size_t kMaxUsers = 100'000;

  static Account faded(Account account, UnixSeconds now_s);
  UserOverruns factors(const Accounts& running, UnixSeconds now_s) const;

  Accounts accounts_;                        // of ended jobs
  std::unordered_set<std::uint64_t> ended_;  // job and end: those of the last list, counted already
};

}  // namespace foreshape
