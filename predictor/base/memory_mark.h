// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a job's admin comment says of its memory where it was submitted with less than its user requested.
// It lives and dies with the job, so nothing else has to be there to give the request back.
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

/// MiB per node, as Slurm counts.
struct MemoryMark {
  std::int64_t planned_mib = 0;    ///< what the job was submitted with
  std::int64_t requested_mib = 0;  ///< its user's own figure
  bool is_returned = false;        ///< the job has its own figure again: it is no business of ours any more
};

/// "foreshape=<16 hex digits> foreshape_memory:1024M/4096M" with a NUL behind it: the token's tag and the
/// mark.
using MarkedTag = std::array<char, 96>;
MarkedTag marked_tag(std::uint64_t token, const MemoryMark& mark);

/// The mark in an admin comment. It counts only right behind the last token's tag: whoever else writes there
/// appends, and a text of a user's that another plugin copied stands before. nullopt: none, or figures that
/// no mark of ours has (zero, more planned than requested, more than 4 EiB).
std::optional<MemoryMark> memory_mark(std::string_view admin_comment);

/// The comment with its mark made into one that says, for people too, that the request was given back and
/// why: " (killed with 1024M, queued again with the 4096M requested)". was_killed: else it only waited.
/// Unchanged where there is no mark.
std::string returned_comment(std::string_view admin_comment, bool was_killed);

}  // namespace foreshape
