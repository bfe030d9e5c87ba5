// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include "predictor/base/text.h"
#include "tools/cli/commands.h"
#include "tools/cli/options.h"
#include "tools/doctor/settings_checks.h"
#include "tools/doctor/slurm_facts.h"
#include "tools/site/settings_file.h"

namespace foreshape {
namespace {

/// What the settings name on this machine: users, partitions, directories. Without any Slurm here it is not
/// known whose the directories must be.
int check_named(const Settings& settings, const std::string& path, const std::string& slurm_conf) {
  const SlurmFacts slurm = ask_slurm_facts(slurm_conf);
  if (slurm.config.empty()) {
    fmt::print(stderr, "{}: users, partitions and directories were not looked at: {}\n", harmless(path),
               harmless(slurm.silence));
    return kDone;
  }
  const Findings findings = named_findings(look_at_named(settings, slurm), slurm);
  for (const Finding& finding : findings)
    if (finding.severity >= Severity::warning)
      fmt::print(stderr, "{}: {}: {}; {}: {}\n", harmless(path), severity_name(finding.severity),
                 harmless(finding.what), finding.why, harmless(finding.cure));
  return exit_code_of(findings);
}

}  // namespace

int run_config(const Args& args) {
  CommandLine line{.program = "foreshape config",
                   .synopsis = "check FILE",
                   .purpose =
                       "Checks a foreshape.conf and prints every setting that it would put in force.\n"
                       "Exit code: 0 fine, 1 it can't be put in force; 3 warnings, 4 errors of what it "
                       "names on this machine: users, partitions, directories.",
                   .operands_max = 2};
  const ParsedOptions parsed = parse_options(line, args);
  if (parsed.finished) return *parsed.finished;
  if (parsed.operands.size() != 2 || parsed.operands[0] != "check")
    return report_usage(line.program, "expected 'check FILE'");
  const auto settings = load_settings(parsed.operands[1]);
  if (!settings) return report_failure(line.program, settings.error());
  fmt::print("{}", format_settings(*settings));
  return check_named(*settings, parsed.operands[1], slurm_conf_beside(settings_path(parsed)));
}

}  // namespace foreshape
