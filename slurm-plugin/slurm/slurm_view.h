// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Slurm's records of nodes, jobs and reservations as our own values.
//
// Runs in: slurmctld (agent thread).
// Threads: pure functions.

#include <slurm/slurm.h>
#include <string>
#include <vector>

#include "slurm-plugin/base/request_memory.h"
#include "slurm-plugin/slurm/slurm_control.h"

namespace foreshape {

/// In the order of Slurm's node table, so that its indices fit; a deleted node has an empty name.
/// Usable: up, and neither drained, failing, in maintenance, being rebooted nor powered down.
std::vector<PoolNode> seen_nodes(const node_info_msg_t& nodes, const partition_info_msg_t& partitions,
                                 UnixSeconds now_s);

/// Waiting, running, suspended and just finished jobs. nodes: as seen_nodes() made them.
std::vector<SeenJob> seen_jobs(const job_info_msg_t& jobs, const std::vector<PoolNode>& nodes,
                               const RequestMemory& requests);

/// nodes: as Slurm answered them; seen: as seen_nodes() made them.
std::vector<SeenReservation> seen_reservations(const reserve_info_msg_t& reservations,
                                               const node_info_msg_t& nodes,
                                               const std::vector<PoolNode>& seen);

/// "n01,n02"
std::string joined(const std::vector<std::string>& names);

}  // namespace foreshape
