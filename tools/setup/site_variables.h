// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the site file says (tools/cli/site_file.h): how the store is reached, and what is not at its usual
// place.
//
// Runs in: offline.
// Threads: main thread only.

#include <string>
#include <utility>
#include <vector>

#include "tools/setup/setup_site.h"
#include "tools/setup/step.h"

namespace foreshape {

using Variables = std::vector<std::pair<std::string, std::string>>;

/// Those that programs and timers need at this site.
Variables site_variables(const SetupSite& site);

/// The text of a site file with these variables; what the site has set outside our block stays as it is.
/// Errors: invalid_input - it has set one of them to something else, or a value can't be written there.
Result<std::string> with_variables(const std::string& text, const Variables& variables);

SetupStep site_file_step(const SetupSite& site);

}  // namespace foreshape
