// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/cli/commands.h"
#include "tools/cli/options.h"

namespace foreshape {

int run_help(const Args& args) {
  if (!args.empty() && args.front() != "help" && args.front().front() != '-')
    return dispatch("foreshape", "", foreshape_commands(), {args.front(), "--help"});
  return dispatch("foreshape", kPurpose, foreshape_commands(), {"--help"});
}

}  // namespace foreshape
