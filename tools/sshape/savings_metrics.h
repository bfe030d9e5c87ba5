// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What Memory=enforce gave back and what it cost, for a monitor.
//
// Runs in: offline.
// Threads: pure functions.

#include <span>
#include <string>

#include "sql/memory_savings.h"

namespace foreshape {

/// A series for each entry, with the label user where by_user; gauges, since the window moves. Ends in a newline.
std::string savings_metrics(std::span<const MemorySavings> savings, bool by_user);

}  // namespace foreshape
