// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/base/slurm_state.h"

#include <algorithm>
#include <utility>

namespace foreshape {
namespace {

constexpr std::pair<std::string_view, JobState> kStates[] = {
    {"COMPLETED", JobState::completed},
    {"FAILED", JobState::failed},
    {"CANCELLED", JobState::cancelled},
    {"TIMEOUT", JobState::timeout},
    {"OUT_OF_MEMORY", JobState::out_of_memory},
    {"NODE_FAIL", JobState::node_fail},
    {"PREEMPTED", JobState::preempted},
    {"BOOT_FAIL", JobState::boot_fail},
    {"LAUNCH_FAILED", JobState::boot_fail},
    {"RECONFIG_FAIL", JobState::boot_fail},
    {"DEADLINE", JobState::deadline},
    {"REQUEUED", JobState::requeued},
    {"REQUEUE_HOLD", JobState::requeued},
    {"REQUEUE_FED", JobState::requeued},
    {"SPECIAL_EXIT", JobState::failed},
    {"REVOKED", JobState::cancelled},
    {"RUNNING", JobState::running},
    {"PENDING", JobState::pending},
    {"SUSPENDED", JobState::running},
    {"COMPLETING", JobState::running},
    {"CONFIGURING", JobState::running},
    {"RESIZING", JobState::running},
    {"SIGNALING", JobState::running},
    {"STAGE_OUT", JobState::running},
    {"STOPPED", JobState::running},
};

std::optional<JobState> first(auto&& fits) {
  const auto* const found =
      std::ranges::find_if(kStates, fits, &std::pair<std::string_view, JobState>::first);
  return found == std::end(kStates) ? std::nullopt : std::optional(found->second);
}

}  // namespace

std::optional<JobState> job_state_of(std::string_view name) {
  return first([&](std::string_view known) { return known == name; });
}

std::optional<JobState> job_state_beginning(std::string_view beginning) {
  return first([&](std::string_view known) { return known.starts_with(beginning); });
}

}  // namespace foreshape
