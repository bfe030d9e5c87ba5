// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The site file /etc/default/foreshape: NAME=value lines that say once for all, the timers too, how the store
// is reached and where Slurm's and our files are.
//
// Runs in: offline.
// Threads: pure functions over the file system; site_file_path reads the environment.

#include <string>
#include <string_view>

namespace foreshape {

/// $FORESHAPE_SITE_FILE, else /etc/default/foreshape.
std::string site_file_path();

/// The value of that name; "" where it is not set, or the file is missing or not readable for us (a site may
/// keep a password in it). The last line of a name counts, as for systemd; one pair of quotes around a value
/// is removed.
std::string site_variable(const std::string& path, std::string_view name);

/// The same of a text.
std::string variable_in(std::string_view text, std::string_view name);

}  // namespace foreshape
