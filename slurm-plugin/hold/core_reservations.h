// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Where somebody else has reserved cores: a job in a hold may start on any node of its partition (FLEX), and
// Slurm lets it onto those cores as well (up to 25.11.3). So no job is let into a hold there, and nothing is
// held.
//
// Runs in: slurmctld (agent thread only).
// Threads: immutable.

#include <map>
#include <string>

#include "slurm-plugin/slurm/slurm_control.h"

namespace foreshape {

class CoreReservations {
 public:
  explicit CoreReservations(const SeenSlurm& seen);

  /// Whether one that has nodes of this partition is there now, or begins before until_s.
  bool are_in(const std::string& partition, UnixSeconds until_s) const;

 private:
  std::map<std::string, UnixSeconds> first_s_;  ///< partition -> when the earliest of them begins
};

}  // namespace foreshape
