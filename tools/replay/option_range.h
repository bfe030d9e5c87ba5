// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Options that are numbers within bounds.
//
// Runs in: offline.
// Threads: pure function.

#include <fmt/format.h>
#include <string>

namespace foreshape {

/// "" or what is wrong; also for what is not a number.
template <class Number>
std::string out_of_range(const char* name, Number value, Number least, Number most) {
  if (value >= least && value <= most) return {};
  return fmt::format("--{}: {} is not from {} to {}", name, value, least, most);
}

}  // namespace foreshape
