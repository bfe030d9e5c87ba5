// SPDX-License-Identifier: GPL-2.0-or-later
// What Slurm's own commands and files say: of the machine, its settings, its units.
#include "replay/slurm_parameters.h"
#include "tests/fuzz/fuzz_target.h"
#include "tools/doctor/timer_checks.h"
#include "tools/replay/site_machine.h"
#include "tools/setup/slurm_conf_text.h"
#include "tools/site/site_settings.h"

namespace foreshape {

std::vector<std::string> fuzz_seeds() { return {}; }

void test_one_input(std::string_view input) {
  if (const auto machine = parse_site_machine(input, "main"))
    require(machine->nodes > 0 && machine->cpus >= 0, "a machine has nodes");
  const SiteSettings settings = parse_site_settings(input, input);
  require(settings.longest_limit_s >= 0, "no limit is less than nothing");
  (void)parse_scheduler_parameters(input, {});
  (void)parse_units(input);
  for (const ConfPair& pair : read_conf_text(input).pairs)
    require(pair.begin <= input.size() && pair.line_begin <= pair.line_end && pair.line_end <= input.size(),
            "a setting lies within its file");
}

}  // namespace foreshape
