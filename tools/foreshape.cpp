// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/cli/commands.h"

int main(int argc, char** argv) {
  return foreshape::dispatch("foreshape", foreshape::kPurpose, foreshape::foreshape_commands(),
                             foreshape::Args(argv + 1, argv + argc));
}
