// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Times and sizes as Slurm's users write them.
//
// Runs in: slurmctld (our own threads only) and offline.
// Threads: pure functions.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace foreshape {

/// What a time that is a plain number counts: minutes in most of Slurm, seconds in some keys.
enum class PlainNumber { seconds, minutes };

/// Seconds of "30", "MM:SS", "HH:MM:SS", "D-HH", "D-HH:MM", "D-HH:MM:SS" (Slurm's own forms) or of a
/// number with the suffix s, m, h or d. nullopt if the text is none of these, or beyond 10,000 days.
std::optional<std::int64_t> parse_duration(std::string_view text, PlainNumber plain);

/// Bytes of a whole number with the suffix K, M, G or T (powers of 1024, any case, a trailing B is fine).
/// A number without a unit is refused: Slurm itself means bytes, KiB or MiB by it, depending on the place.
std::optional<std::int64_t> parse_size(std::string_view text);

/// The shortest text that parse_duration reads back, whatever plain numbers mean: "90s", "15m", "7d".
std::string format_duration(std::int64_t seconds);

/// The shortest text that parse_size reads back; for a whole number of KiB.
std::string format_size(std::int64_t bytes);

}  // namespace foreshape
