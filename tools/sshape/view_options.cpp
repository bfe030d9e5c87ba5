// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/view_options.h"

#include <fmt/format.h>
#include <vector>

namespace foreshape {

bool is_view(const ParsedOptions& parsed, std::string_view view) {
  return !parsed.operands.empty() && parsed.operands.front() == view;
}

// A queue of some users' or some states' jobs is none; a run that was killed and the one after it end in two
// states, and count together.
Result<void> check_view(const ParsedOptions& parsed) {
  struct Refusal {
    const char* view;
    const char* why;
    std::vector<const char*> options;
  };
  static const std::vector<Refusal> kRefusals = {
      {"shadow",
       "is about whole queues",
       {"user", "me", "accounts", "qos", "name", "jobs", "state", "units"}},
      {"savings", "is about runs in any state", {"state", "units"}},
      {"stage", "is by user and week", {"accounts", "partition", "qos", "name", "jobs", "state", "units"}},
      {"html",
       "is a page",
       {"state", "units", "json", "parsable", "parsable2", "noheader", "long", "helpformat"}}};
  for (const Refusal& refusal : kRefusals)
    for (const char* option : refusal.options)
      if (is_view(parsed, refusal.view) && parsed.has(option))
        return failure(ErrorCode::invalid_input,
                       fmt::format("{} {}, and takes no --{}", refusal.view, refusal.why, option));
  if (parsed.has("by") && !is_view(parsed, "savings") && !is_view(parsed, "summary") &&
      !parsed.has("summary"))
    return failure(ErrorCode::invalid_input, "--by goes with the views savings and summary");
  return {};
}

}  // namespace foreshape
