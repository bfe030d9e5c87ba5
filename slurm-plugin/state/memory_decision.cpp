// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/state/memory_decision.h"

#include "predictor/plan/memory_shape.h"
#include "slurm-plugin/slurm/memory_lever.h"

namespace foreshape {
namespace {

/// Asked only where the answer matters: it looks through the script.
bool may_shape(const job_desc_msg_t& job, const SubmittedJob& submitted, const SiteFacts& facts,
               const Settings& settings, const Plan& plan) {
  const bool enforces = plan.modes.at(static_cast<std::size_t>(Lever::memory)) == Mode::enforce;
  return (enforces || plan.shaped_memory_mib) && settings.job_tag && may_shape_memory(job, submitted, facts);
}

}  // namespace

bool decide_memory(RuntimeState& state, const job_desc_msg_t& job, const SubmittedJob& submitted,
                   const SiteFacts& facts, const Settings& settings, PlannedJob& planned) {
  auto& shaped_mib = planned.plan.shaped_memory_mib;
  const bool is_shapeable = may_shape(job, submitted, facts, settings, planned.plan);
  if (!is_shapeable) shaped_mib.reset();
  const bool enforces = planned.plan.modes.at(static_cast<std::size_t>(Lever::memory)) == Mode::enforce;
  if (!shaped_mib || !enforces) return is_shapeable;
  const JobRequest& request = submitted.request;
  if (!state.open_shapes.open(request.uid, request.name, open_shapes_max(planned.prediction)))
    shaped_mib.reset();
  return is_shapeable;
}

std::optional<MemoryMark> memory_of(const Plan& plan, std::uint64_t requested_mib) {
  if (plan.modes.at(static_cast<std::size_t>(Lever::memory)) != Mode::enforce) return std::nullopt;
  const auto requested = static_cast<std::int64_t>(requested_mib);
  return MemoryMark{plan.shaped_memory_mib.value_or(requested), requested};
}

}  // namespace foreshape
