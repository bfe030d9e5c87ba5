// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the administrator of a database server does where setup can't: one elsewhere, and for login nodes.
//
// Runs in: offline.
// Threads: pure functions.

#include <string>

namespace foreshape {

/// Commands and lines to copy, for that database and SlurmUser.
std::string server_recipe(const std::string& database, const std::string& slurm_user);

}  // namespace foreshape
