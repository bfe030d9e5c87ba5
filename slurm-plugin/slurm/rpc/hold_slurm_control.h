// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The real Slurm behind the holds, through its public API only.
//
// Runs in: slurmctld (agent thread only, with no lock held: each call is an RPC to this very process).
// Threads: one thread at a time.

#include <optional>
#include <string>

#include "slurm-plugin/base/request_memory.h"
#include "slurm-plugin/slurm/slurm_control.h"

namespace foreshape {

class HoldSlurmControl final : public SlurmControl {
 public:
  /// requests: what submissions requested, where it is still remembered; must outlive this.
  explicit HoldSlurmControl(const RequestMemory& requests) : requests_(requests) {}

  Result<SeenSlurm> look() override;
  Result<void> create(const WantedHold& hold) override;
  Result<void> change(const WantedHold& hold) override;
  Result<void> release(const std::string& name) override;
  Result<void> put_job(JobId job, const std::string& reservation) override;
  bool has_ended(JobId job) override;
  std::optional<UserId> user_id(const std::string& name) override;
  std::optional<std::string> user_name(UserId uid) override;

 private:
  const RequestMemory& requests_;
};

}  // namespace foreshape
