// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The foreshape.conf that a new site starts from: what one changes, and nothing else.
//
// Runs in: offline.
// Threads: pure functions.

#include <string>

namespace foreshape {

std::string first_settings(const std::string& state_dir);

}  // namespace foreshape
