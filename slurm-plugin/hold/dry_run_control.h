// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Reservations that are only imagined, over the real Slurm: what dry-run plans with.
//
// Runs in: slurmctld (agent thread).
// Threads: one at a time.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "slurm-plugin/slurm/slurm_control.h"

namespace foreshape {

/// Sees the real Slurm with its own reservations added, and does nothing to it. In truth the queue takes the
/// nodes that would have been held; so that the idle time is not underestimated, a node that was free once
/// while it was "held" is shown as free from then on.
class DryRunControl final : public SlurmControl {
 public:
  explicit DryRunControl(SlurmControl& real) : real_(real) {}

  Result<SeenSlurm> look() override;
  Result<void> create(const WantedHold& hold) override;
  Result<void> change(const WantedHold& hold) override;
  Result<void> release(const std::string& name) override;
  Result<void> put_job(JobId /*job*/, const std::string& /*reservation*/) override { return {}; }
  bool has_ended(JobId job) override { return real_.has_ended(job); }
  std::optional<std::string> user_name(UserId uid) override { return real_.user_name(uid); }
  std::optional<UserId> user_id(const std::string& name) override { return real_.user_id(name); }

 private:
  SlurmControl& real_;
  std::vector<SeenReservation> imagined_;
  std::map<std::string, UnixSeconds> free_since_s_;  // of imagined nodes, once free
};

}  // namespace foreshape
