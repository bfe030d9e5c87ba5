// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Waiting jobs' places in the order, predicted anew: by what has ended since, whose jobs overran, and what
// the job requests by now.
//
// Runs in: slurmctld (agent thread).
// Threads: one thread at a time.

#include <cstdint>
#include <functional>
#include <optional>
#include <slurm/slurm.h>
#include <vector>

#include "predictor/journal/event.h"
#include "slurm-plugin/state/runtime_state.h"

namespace foreshape {

/// Where a waiting job belongs by now.
struct NewPlace {
  JobId job = 0;
  SubmissionToken token = 0;
  std::int64_t offset_s = 0;
  std::int32_t points = 0;       ///< for its site factor, before NICE_OFFSET
  std::optional<float> claim_s;  ///< the predicted mean that it rests on
};

class OrderRenewal {
 public:
  using TokenOf = std::function<SubmissionToken(const slurm_job_info_t&)>;

  /// A look at more jobs, or more places than these, is left to the next renewal: predicting takes the agent
  /// up to 0.5 ms a job, and each place is an RPC.
  static constexpr std::uint32_t kMaxLooks = 2'000;
  static constexpr std::size_t kMaxPlaces = 200;
  /// What moves by less stays: the order counts in hours.
  static constexpr std::int64_t kMinMove_s = 600;

  /// state: must outlive it.
  explicit OrderRenewal(RuntimeState& state) : state_(state) {}

  /// The waiting jobs of Slurm's list that belong elsewhere by now: those that were modified at each call,
  /// all of them once OrderRenewal has passed since the last time. Left alone are jobs that are held, that
  /// waited their offset (it is their turn, unless they were modified), whose site factor is not ours any
  /// more (an administrator's), or that nothing is known of. A modified job comes again until it is found
  /// where it belongs, for ModifiedJobs::kTriedSeconds at most; were there more than are remembered, the next
  /// renewal of all counts nobody's wait.
  std::vector<NewPlace> due(const job_info_msg_t& jobs, const TokenOf& token_of, UnixSeconds now_s);

  /// Slurm has taken it.
  void done(const NewPlace& place);

 private:
  std::vector<NewPlace> of_modified(const job_info_msg_t& jobs, const std::vector<JobKey>& modified,
                                    const TokenOf& token_of, const OrderScale& scale);
  std::optional<NewPlace> place_of_modified(const slurm_job_info_t& job, const TokenOf& token_of,
                                            const OrderScale& scale);
  std::optional<NewPlace> look(const slurm_job_info_t& job, SubmissionToken token, std::int64_t offset_s,
                               const OrderScale& scale);

  /// The offset that its site factor was made from; nullopt where somebody else has set it.
  std::optional<std::int64_t> placed_at(const slurm_job_info_t& job, SubmissionToken token,
                                        const OrderScale& scale) const;

  RuntimeState& state_;
  TokenMemory<std::int64_t>
      former_;  // tasks of one array have one token, and may be moved in several renewals
  UnixSeconds renewed_s_ = 0;
  std::uint32_t position_ = 0;  // in Slurm's list, where the next renewal begins
  std::uint32_t catch_up_ = 0;  // so many jobs of the list are looked at though they have waited
};

}  // namespace foreshape
