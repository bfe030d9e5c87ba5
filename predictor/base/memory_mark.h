// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a job's admin comment says of its memory where it was given less than its user requested, or may be
// before it starts. It lives and dies with the job, so nothing else has to be there to give the request back.
//
// Runs in: slurmctld and offline.
// Threads: pure functions.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "predictor/base/token_tag.h"

namespace foreshape {

/// MiB per node, as Slurm counts. Of a request per CPU, which only jobs on one node are shaped with, what that is on
/// all of the CPUs requested.
struct MemoryMark {
  std::int64_t planned_mib = 0;    ///< what the job was given; as much as requested: it may be given less
  std::int64_t requested_mib = 0;  ///< its user's own figure
  bool is_returned = false;        ///< the job has its own figure again: it is no business of ours any more
  /// What it had before planned_mib, less than requested too; 0 = nothing. Slurm takes the comment even where
  /// it refuses the figure, as of a job that has just started: then this is what the job has.
  std::int64_t former_mib = 0;
  /// Requested, of a request per CPU: each figure is so many times Slurm's; 0 = per node.
  std::uint32_t cpus = 0;
};

/// "foreshape=<16 hex digits> foreshape_memory:1024M/4096M" with a NUL behind it: the token's tag and the
/// mark. Of a request per CPU "foreshape_memory:1024M/4096M,cpus:4".
using MarkedTag = std::array<char, 96>;
MarkedTag marked_tag(std::uint64_t token, const MemoryMark& mark);

/// The mark in an admin comment. It counts only right behind the last token's tag: whoever else writes there
/// appends, and a text of a user's that another plugin copied stands before. nullopt: none, or figures that
/// no mark of ours has (zero, more planned than requested, more than 4 EiB, no whole MiB for each CPU).
std::optional<MemoryMark> memory_mark(std::string_view admin_comment);

/// What stands behind the tag and, where there is one, behind the mark with all that was added to it; "" where
/// there is no tag.
std::string_view behind_memory_mark(std::string_view admin_comment);

/// The comment with its mark made into one of a job that has `from_mib` and is to have `to_mib`, both at most
/// what it requested: "foreshape_memory:1024M/4096M,was:512M". Unchanged where there is no mark, or the
/// request was given back.
std::string resized_comment(std::string_view admin_comment, std::int64_t from_mib, std::int64_t to_mib);

/// The comment with its mark made into one that says, for people too, that the request was given back and
/// why: " (killed with 1024M, queued again with the 4096M requested)". had_mib: what the job had. was_killed:
/// else it only waited. Unchanged where there is no mark.
std::string returned_comment(std::string_view admin_comment, std::int64_t had_mib, bool was_killed);

}  // namespace foreshape
