// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/cli/state_names.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "predictor/base/text.h"
#include "tools/cli/lists.h"

namespace foreshape {
namespace {

struct StateName {
  std::string_view name;
  std::string_view letters;
  std::string_view stored;  ///< what the store calls it
};

constexpr auto kStates = std::to_array<StateName>({
    {"PENDING", "PD", "PENDING"},
    {"RUNNING", "R", "RUNNING"},
    {"COMPLETED", "CD", "COMPLETED"},
    {"FAILED", "F", "FAILED"},
    {"CANCELLED", "CA", "CANCELLED"},
    {"TIMEOUT", "TO", "TIMEOUT"},
    {"OUT_OF_MEMORY", "OOM", "OUT_OF_MEMORY"},
    {"NODE_FAIL", "NF", "NODE_FAIL"},
    {"PREEMPTED", "PR", "PREEMPTED"},
    {"BOOT_FAIL", "BF", "BOOT_FAIL"},
    {"DEADLINE", "DL", "DEADLINE"},
    {"REQUEUED", "RQ", "REQUEUED"},
    {"SUSPENDED", "S", "RUNNING"},
    {"STOPPED", "ST", "RUNNING"},
    {"CONFIGURING", "CF", "RUNNING"},
    {"COMPLETING", "CG", "RUNNING"},
    {"RESIZING", "RS", "RESIZING"},
    {"REVOKED", "RV", "REVOKED"},
    {"REQUEUE_FED", "RF", "REQUEUE_FED"},
    {"REQUEUE_HOLD", "RH", "REQUEUE_HOLD"},
    {"SIGNALING", "SI", "SIGNALING"},
    {"SPECIAL_EXIT", "SE", "SPECIAL_EXIT"},
    {"STAGE_OUT", "SO", "STAGE_OUT"},
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
    states.emplace_back(known->stored);
  }
  return states;
}

}  // namespace foreshape
