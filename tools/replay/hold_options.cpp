// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/replay/hold_options.h"

#include "tools/replay/option_range.h"

namespace foreshape {

void add_hold_options(po::options_description& options) {
  const HoldingPolicy usual;
  const OptionRow rows[] = {
      {"hold-idle", number_value<double>("SHARE", usual.idle_share_max),
       "what +hold may keep idle in a day while others wait, as a share of the machine"},
      {"hold-fixed", number_value<double>("SHARE", usual.fixed_share),
       "what +hold-fixed holds for short jobs, as a share of the machine"},
  };
  add_options(options, rows);
}

Result<void> set_hold_options(const ParsedOptions& parsed, const HoldPolicy* site, HoldingPolicy& hold) {
  hold.idle_share_max = parsed.values["hold-idle"].as<double>();
  hold.fixed_share = parsed.values["hold-fixed"].as<double>();
  for (const std::string& wrong : {out_of_range("hold-idle", hold.idle_share_max, 0.0, 1.0),
                                   out_of_range("hold-fixed", hold.fixed_share, 0.0, 1.0)})
    if (!wrong.empty()) return failure(ErrorCode::invalid_input, wrong);
  if (site == nullptr) return {};
  hold.rules = *site;
  // The site's users have other names than those of a trace.
  if (!hold.rules.users.empty()) hold.rules.users = {HoldPolicy::kEverybody};
  return {};
}

}  // namespace foreshape
