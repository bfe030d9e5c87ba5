#pragma once
// A job descriptor as Slurm hands it over, made into our own values: all of it, and none of it trusted.
//
// Runs in: slurmctld (RPC threads: bounded whatever the descriptor holds, no allocation).
// Threads: pure functions; the caller owns the descriptor.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <slurm/slurm.h>
#include <type_traits>

#include "predictor/base/job.h"
#include "predictor/base/text.h"

namespace foreshape {

/// No more than these bytes of a text are looked at; what is beyond is as if it were not there. They bound
/// the time inside job_submit: 64 KiB are hashed in about 10 us, Slurm's largest script of 4 MiB in 600.
inline constexpr std::size_t kMaxScriptBytes = 64U << 10;
inline constexpr std::size_t kMaxTextBytes = 4096;
inline constexpr std::size_t kMaxArguments = 64;

/// A submission: the request, and the few texts that the journal keeps beside the hashes.
struct SubmittedJob {
  JobRequest request;
  BoundedText<64> account, partition, qos;
  BoundedText<128> name;
  bool opted_out = false;  ///< --comment has the word foreshape=off
};
static_assert(std::is_trivially_copyable_v<SubmittedJob>);

/// Reads the descriptor. Slurm's NO_VAL and INFINITE, zeros and NULLs become "not said"; figures that can't
/// be are cut to what the fields of JobRequest hold.
///
/// submitter: who called; the job's own user where the descriptor names one.
SubmittedJob submitted_job(const job_desc_msg_t& job, UserId submitter, UnixSeconds now_s);

/// Bytes per node of a figure as Slurm keeps it: MiB per node, or per cpu with the MEM_PER_CPU bit, then
/// times the cpus of a node. nullopt for "not set", and for 0, which means all that a node has.
std::optional<std::int64_t> memory_per_node(std::uint64_t slurm_mib, std::uint32_t cpus, std::uint32_t nodes);

}  // namespace foreshape
