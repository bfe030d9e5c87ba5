#include "tools/state_names.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>
#include <string>

#include "predictor/base/text.h"
#include "tools/lists.h"

namespace foreshape {
namespace {

struct StateName {
  std::string_view name;
  std::string_view letters;
  std::optional<JobState> state;  ///< nullopt: Slurm has it, the store never does
};

constexpr auto kStates = std::to_array<StateName>({
    {"PENDING", "PD", JobState::pending},
    {"RUNNING", "R", JobState::running},
    {"COMPLETED", "CD", JobState::completed},
    {"FAILED", "F", JobState::failed},
    {"CANCELLED", "CA", JobState::cancelled},
    {"TIMEOUT", "TO", JobState::timeout},
    {"OUT_OF_MEMORY", "OOM", JobState::out_of_memory},
    {"NODE_FAIL", "NF", JobState::node_fail},
    {"PREEMPTED", "PR", JobState::preempted},
    {"BOOT_FAIL", "BF", JobState::boot_fail},
    {"DEADLINE", "DL", JobState::deadline},
    {"REQUEUED", "RQ", JobState::requeued},
    {"SUSPENDED", "S", JobState::running},
    {"STOPPED", "ST", JobState::running},
    {"CONFIGURING", "CF", JobState::running},
    {"COMPLETING", "CG", JobState::running},
    {"RESIZING", "RS", std::nullopt},
    {"REVOKED", "RV", std::nullopt},
    {"REQUEUE_FED", "RF", std::nullopt},
    {"REQUEUE_HOLD", "RH", std::nullopt},
    {"SIGNALING", "SI", std::nullopt},
    {"SPECIAL_EXIT", "SE", std::nullopt},
    {"STAGE_OUT", "SO", std::nullopt},
});

const StateName* find(JobState state) {
  const auto found =
      std::find_if(kStates.begin(), kStates.end(), [&](const StateName& s) { return s.state == state; });
  return found == kStates.end() ? nullptr : &*found;
}

}  // namespace

std::string_view state_name(JobState state) {
  const StateName* known = find(state);
  return known == nullptr ? "UNKNOWN" : known->name;
}

std::string_view state_letters(JobState state) {
  const StateName* known = find(state);
  return known == nullptr ? "?" : known->letters;
}

Result<std::vector<JobState>> parse_states(std::string_view list) {
  std::vector<JobState> states;
  for (const std::string& word : split_list(list)) {
    const auto known = std::find_if(kStates.begin(), kStates.end(), [&](const StateName& s) {
      return equal_ignoring_case(word, s.name) || equal_ignoring_case(word, s.letters);
    });
    if (known == kStates.end())
      return failure(ErrorCode::invalid_input,
                     fmt::format("unrecognized job state value '{}'", harmless(word)));
    if (known->state) states.push_back(*known->state);
  }
  return states;
}

}  // namespace foreshape
