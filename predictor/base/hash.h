// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Stable hashes: of names (so that profiles hold no text) and of file contents.
//
// Runs in: slurmctld and offline. Never allocates.
// Threads: pure functions.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace foreshape {

/// Hash of a text that a user or administrator chose; 0 means "not said".
/// Values are stored in snapshots, models and the database: they never change.
using TextHash = std::uint32_t;

/// Both were said, and are alike. Without a branch: it is asked of all of a user's jobs.
inline bool same_text(TextHash a, TextHash b) { return (a != 0) & (a == b); }

/// XXH3 (64 bit, seed 0) of the bytes. Source: xxhash 0.8, whose output is frozen.
std::uint64_t checksum(const void* bytes, std::size_t size);

/// The low 32 bits of checksum(text); never 0 for a text, 0 for an empty one.
TextHash text_hash(std::string_view text);

/// text_hash of the name with every run of digits taken as one '#': relax_001 and relax_27
/// are the same work to a user ("name with digits folded" in the docs).
/// Only the first 256 bytes count.
TextHash folded_name_hash(std::string_view name);

}  // namespace foreshape
