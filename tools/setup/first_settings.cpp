// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/setup/first_settings.h"

#include <fmt/format.h>

namespace foreshape {

std::string first_settings(const std::string& state_dir) {
  const bool quoted = state_dir.find_first_of(" \t#") != std::string::npos;
  return fmt::format(
      "# foreshape.conf(5) explains each key; what is not here has its default. After a change:\n"
      "# foreshape config check FILE && scontrol reconfigure\n"
      "StateDir={0}{1}{0}\n"
      "Mode=observe     # advise: tell users what their jobs really used\n"
      "Memory=dry-run   # what enforce would do is recorded (docs/memory.md); sshape shadow tells\n"
      "Order=dry-run    # on: short jobs first, as far as each job's own offset allows (docs/order.md)\n"
      "Hold=dry-run     # on: hold nodes for jobs that are about to come (docs/holding.md)\n",
      quoted ? "\"" : "", state_dir);
}

}  // namespace foreshape
