// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Versions of Slurm as a number that can be compared: SLURM_VERSION_NUM, a byte each for major, minor, micro.
//
// Runs in: offline.
// Threads: pure functions.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace foreshape {

/// "22.05.8".
std::string slurm_version_text(std::uint64_t number);

/// The number of "22.05.8", "slurm 22.05.8" or a package's "22.05.8-4+deb12u2"; nullopt where no
/// major.minor.micro is in it.
std::optional<std::uint32_t> slurm_version_number(std::string_view text);

}  // namespace foreshape
