// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/cli/state_names.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "predictor/base/names.h"
#include "predictor/base/slurm_state.h"
#include "predictor/base/text.h"
#include "tools/cli/lists.h"

namespace foreshape {
namespace {

struct StateName {
  std::string_view name;
  std::string_view letters;
};

constexpr auto kStates = std::to_array<StateName>({
    {"PENDING", "PD"},
    {"RUNNING", "R"},
    {"COMPLETED", "CD"},
    {"FAILED", "F"},
    {"CANCELLED", "CA"},
    {"TIMEOUT", "TO"},
    {"OUT_OF_MEMORY", "OOM"},
    {"NODE_FAIL", "NF"},
    {"PREEMPTED", "PR"},
    {"BOOT_FAIL", "BF"},
    {"DEADLINE", "DL"},
    {"REQUEUED", "RQ"},
    {"SUSPENDED", "S"},
    {"STOPPED", "ST"},
    {"CONFIGURING", "CF"},
    {"COMPLETING", "CG"},
    {"RESIZING", "RS"},
    {"REVOKED", "RV"},
    {"REQUEUE_FED", "RF"},
    {"REQUEUE_HOLD", "RH"},
    {"SIGNALING", "SI"},
    {"SPECIAL_EXIT", "SE"},
    {"STAGE_OUT", "SO"},
    {"LAUNCH_FAILED", "LAUNCH_FAILED"},
    {"RECONFIG_FAIL", "RECONFIG_FAIL"},
});

}  // namespace

std::string_view state_letters(std::string_view name) {
  const auto known =
      std::find_if(kStates.begin(), kStates.end(), [&](const StateName& s) { return s.name == name; });
  return known == kStates.end() ? "?" : known->letters;
}

Result<std::vector<std::string>> parse_states(std::string_view list) {
  std::vector<std::string> states;
  for (const std::string& word : split_list(list)) {
    const auto known = std::find_if(kStates.begin(), kStates.end(), [&](const StateName& s) {
      return equal_ignoring_case(word, s.name) || equal_ignoring_case(word, s.letters);
    });
    if (known == kStates.end())
      return failure(ErrorCode::invalid_input,
                     fmt::format("unrecognized job state value '{}'", harmless(word)));
    states.emplace_back(kJobStateNames.of(*job_state_of(known->name)));
  }
  return states;
}

}  // namespace foreshape
