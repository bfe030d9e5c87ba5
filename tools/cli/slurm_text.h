// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Times and sizes in sacct's own notation, so that a figure here reads like the same figure there.
//
// Runs in: offline.
// Threads: pure functions (timestamp_text reads the process's time zone).

#include <cstdint>
#include <optional>
#include <string>

#include "predictor/base/clock.h"

namespace foreshape {

/// "[D-]HH:MM:SS", as sacct prints Elapsed. Negative: "INVALID", as there.
std::string elapsed_text(std::int64_t seconds);

/// The same for an offset of the order, which may be below 0: "-1-10:38:02".
std::string offset_text(std::int64_t seconds);

/// The same for a figure that is no more exact than this: above a day without seconds ("1-02:04",
/// which sbatch --time reads), rounded up.
std::string rough_elapsed_text(std::int64_t seconds);

/// An age for people, in two units at most: "3 h 12 min". Negative: "0 s".
std::string age_text(std::int64_t seconds);

/// "YYYY-MM-DDTHH:MM:SS", local time; "Unknown" for 0, as sacct has it.
std::string timestamp_text(UnixSeconds moment);

/// Slurm's units; the order is that of its letters.
enum class Unit : std::uint8_t { none, kilo, mega, giga, tera, peta };

/// The unit of K, M, G, T or P in either case; nullopt for anything else.
std::optional<Unit> parse_unit(std::string_view letter);

/// Bytes as sacct prints memory. unit: as --units says; without it the largest unit that loses nothing
/// (halves count as nothing lost: "2.5G" is written "2.50G").
/// Source: the behaviour of slurm_convert_num_unit with CONVERT_NUM_UNIT_EXACT; tests compare with it.
std::string exact_size_text(std::int64_t bytes, std::optional<Unit> unit);

/// Bytes for people: the largest unit, two digits after the point ("1.23G"). For figures that no one
/// requested exactly, such as predictions and I/O.
std::string rough_size_text(std::int64_t bytes, std::optional<Unit> unit);

/// Who made a prediction: "kernel" for 0, else the model's checksum as 16 hex digits, as foreshape model
/// shows it.
std::string model_text(std::uint64_t model);

/// A fraction as percent: 0.5 -> "50.0%".
std::string percent_text(double fraction);

}  // namespace foreshape
