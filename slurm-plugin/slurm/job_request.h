// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A job descriptor as Slurm hands it over, made into our own values: all of it, and none of it trusted.
//
// Runs in: slurmctld (RPC threads: bounded whatever the descriptor holds, no allocation).
// Threads: pure functions; the caller owns the descriptor.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <slurm/slurm.h>
#include <span>
#include <string_view>
#include <type_traits>

#include "predictor/base/job.h"
#include "predictor/base/text.h"

namespace foreshape {

inline constexpr std::size_t kMaxArguments = 64;  ///< of a script that are looked at
inline constexpr std::size_t kMaxListed = 16;     ///< partitions or QOS of a list "a,b" that are looked at

/// The names in a list such as --partition=a,b, of which Slurm will choose one.
struct ListedNames {
  std::array<TextHash, kMaxListed> hashes{};
  std::size_t count = 0;
  std::span<const TextHash> all() const { return std::span{hashes}.first(count); }
};

/// The names of the list in their order, hashed one by one.
ListedNames listed_names(std::string_view list);

/// A submission: the request, and the few texts that the journal keeps beside the hashes.
struct SubmittedJob {
  JobRequest request;
  BoundedText<64> account, partition, qos;
  BoundedText<128> name;
  ListedNames partitions, qoses;  ///< the request has the first of each: what is listed first is tried first
  // Said, though it is no figure: --time=UNLIMITED, --mem=0. What was said gets no default.
  bool says_limit = false, says_memory = false;
  bool opted_out = false;  ///< --comment has the word foreshape=off
};
static_assert(std::is_trivially_copyable_v<SubmittedJob>);

/// Reads the descriptor. Slurm's NO_VAL, NULLs, and zeros that mean nothing become "not said"; "no end" and
/// "all that a node has" have no figure, and says_limit and says_memory tell them from silence. Figures that
/// can't be are cut to what the fields of JobRequest hold.
///
/// submitter: who called; the job's own user where the descriptor names one.
SubmittedJob submitted_job(const job_desc_msg_t& job, UserId submitter, UnixSeconds now_s);

/// Whether Slurm may queue it again: as it says itself, else by JobRequeue of slurm.conf.
bool may_be_requeued(const job_desc_msg_t& job, bool by_default);

/// foreshape=off as a word of its own, so that a comment that merely mentions it in another does not count.
bool says_off(std::string_view comment);
/// foreshape=trial, likewise.
bool says_trial(std::string_view comment);

/// Bytes per node of a figure as Slurm keeps it: MiB per node, or per cpu with the MEM_PER_CPU bit, then
/// times the cpus of a node. nullopt for "not set", and for 0, which means all that a node has.
std::optional<std::int64_t> memory_per_node(std::uint64_t slurm_mib, std::uint32_t cpus, std::uint32_t nodes);

}  // namespace foreshape
