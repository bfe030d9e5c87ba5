// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a policy is called beside its spelling on the command line: a title that explains itself.
//
// Runs in: offline.
// Threads: pure functions.

#include <string>

namespace foreshape {

/// "Slurm, first come first served", "Slurm with Foreshape's order (log-squared), processors held for foreseen jobs". The predictor
/// is said where it is not the policy's own. A name that the command line does not know (a site's) is its own title.
std::string policy_title(const std::string& policy, const std::string& predictor);

}  // namespace foreshape
