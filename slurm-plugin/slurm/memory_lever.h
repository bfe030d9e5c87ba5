// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which jobs may be submitted with less memory than requested: those that can be queued again as they were,
// and whose user left the memory to Slurm but for one figure a node.
//
// Runs in: slurmctld (RPC threads: bounded, no allocation).
// Threads: pure functions; the caller owns the descriptor.

#include <slurm/slurm.h>
#include <string_view>

#include "slurm-plugin/slurm/job_request.h"
#include "slurm-plugin/slurm/site_facts.h"

namespace foreshape {

/// True for a batch job with --mem=<figure> that Slurm may requeue, on its own nodes' memory: no array, no
/// het job, no other cluster, no --mem=0, no memory per cpu or gpu, neither --exclusive nor --oversubscribe,
/// not opted out, its script knows nothing of memory (minds_memory()), its admin comment has room for the
/// mark, and no partition that it may use has MaxMemPerCPU, by which Slurm writes the figure anew. submitted:
/// made from the same descriptor; its partitions may have been completed.
bool may_shape_memory(const job_desc_msg_t& job, const SubmittedJob& submitted, const SiteFacts& facts);

/// Whether a figure of memory per node stays as it is in all of these partitions; each of them known, so that
/// none is there before the agent has asked Slurm for the partitions.
bool keep_figures_per_node(const ListedNames& partitions, const SiteFacts& facts);

/// True if a line that is no comment names --mem, or any line SLURM_MEM: a step that requests as much as the
/// job did would be refused, a program that sizes itself by what the job has would be starved. Also for a
/// script that is not all looked at.
bool minds_memory(std::string_view script);

}  // namespace foreshape
