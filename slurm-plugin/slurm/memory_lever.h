// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which jobs may be submitted with less memory than requested: those that can be queued again as they were,
// and whose user left the memory to Slurm but for one figure.
//
// Runs in: slurmctld (RPC threads: bounded, no allocation).
// Threads: pure functions; the caller owns the descriptor.

#include <cstdint>
#include <optional>
#include <slurm/slurm.h>
#include <string_view>

#include "slurm-plugin/slurm/job_request.h"
#include "slurm-plugin/slurm/site_facts.h"

namespace foreshape {

/// What a job requests on each of its nodes.
struct MemoryRequest {
  std::int64_t mib = 0;
  std::uint32_t cpus = 0;  ///< of MemoryMark: requested per CPU, for so many on its only node; 0 = per node
};

/// What may be made less: of a batch job with --mem=<figure>, or --mem-per-cpu=<figure> where one node is all that it
/// can run on (one task, or --nodes=1), that Slurm may requeue, on its own nodes' memory: no het job, no other
/// cluster, no --mem=0, no memory per gpu, neither --exclusive nor --oversubscribe, not opted out, its script
/// knows nothing of memory (minds_memory()), its admin comment has room for the mark, and no partition that it
/// may use has MaxMemPerCPU, by which Slurm writes the figure anew. nullopt of every other job. submitted: made
/// from the same descriptor; its partitions may have been completed.
std::optional<MemoryRequest> shapeable_memory(const job_desc_msg_t& job, const SubmittedJob& submitted,
                                              const SiteFacts& facts);

/// The least that is no less and a whole figure for each CPU of the request (cpus: of MemoryMark).
std::int64_t whole_figures(std::int64_t mib, std::uint32_t cpus);

/// Whether a figure of memory per node stays as it is in all of these partitions; each of them known, so that
/// none is there before the agent has asked Slurm for the partitions.
bool keep_figures_per_node(const ListedNames& partitions, const SiteFacts& facts);

/// True if a line that is no comment names --mem, or any line SLURM_MEM: a step that requests as much as the
/// job did would be refused, a program that sizes itself by what the job has would be starved. Also for a
/// script that is not all looked at.
bool minds_memory(std::string_view script);

}  // namespace foreshape
