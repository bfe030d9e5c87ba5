// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Numbers on command lines that Boost takes though they cannot be meant.
//
// Runs in: offline.
// Threads: pure functions.

#include <boost/program_options.hpp>
#include <string>

namespace foreshape {

/// What is wrong with a number below 0 for an option that takes none, "" where nothing is: Boost reads "-3"
/// as an unsigned number, 4294967293, and four thousand million runs of something begin.
std::string negative_number(const boost::program_options::parsed_options& parsed,
                            const boost::program_options::options_description& known);

}  // namespace foreshape
