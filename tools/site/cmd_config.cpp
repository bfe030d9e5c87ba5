// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include "tools/cli/commands.h"
#include "tools/cli/options.h"
#include "tools/site/settings_file.h"

namespace foreshape {

int run_config(const Args& args) {
  CommandLine line{.program = "foreshape config",
                   .synopsis = "check FILE",
                   .purpose = "Checks a foreshape.conf and prints every setting that it would put in force.",
                   .operands_max = 2};
  const ParsedOptions parsed = parse_options(line, args);
  if (parsed.finished) return *parsed.finished;
  if (parsed.operands.size() != 2 || parsed.operands[0] != "check")
    return report_usage(line.program, "expected 'check FILE'");
  const auto settings = load_settings(parsed.operands[1]);
  if (!settings) return report_failure(line.program, settings.error());
  fmt::print("{}", format_settings(*settings));
  return kDone;
}

}  // namespace foreshape
