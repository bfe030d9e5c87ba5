// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Strings of trackable resources (TRES) as Slurm's tools print them.
//
// Runs in: offline.
// Threads: pure functions.

#include <cstdint>
#include <optional>
#include <string_view>

#include "predictor/base/result.h"

namespace foreshape {

/// The value of one entry of a TRES string: tres_value("cpu=12,mem=31000M,gres/gpu=2", "gres/gpu") is "2"; ""
/// where it is missing.
std::string_view tres_value(std::string_view tres, std::string_view name);

/// True if each entry of a TRES string has a value, as in "cpu=12,mem=31000M"; an empty one has none to lack.
bool is_tres(std::string_view tres);

/// The gpus of a TRES string: gres/gpu=, or where only kinds are named (gres/gpu:a100=2) their sum.
Result<std::optional<std::int64_t>> tres_gpus(std::string_view tres);

}  // namespace foreshape
