// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/state/memory_decision.h"

#include <algorithm>

#include "predictor/plan/memory_shape.h"
#include "slurm-plugin/slurm/memory_lever.h"

namespace foreshape {
namespace {

/// Asked only where the answer matters: it looks through the script.
std::optional<MemoryRequest> shapeable(const job_desc_msg_t& job, const SubmittedJob& submitted,
                                       const SiteFacts& facts, const Settings& settings, const Plan& plan) {
  const bool enforces = plan.modes.at(static_cast<std::size_t>(Lever::memory)) == Mode::enforce;
  if ((!enforces && !plan.shaped_memory_mib) || !settings.job_tag) return std::nullopt;
  return shapeable_memory(job, submitted, facts);
}

/// Less than requested in whole figures, or nothing.
std::optional<std::int64_t> whole_or_nothing(std::int64_t mib, const MemoryRequest& requested) {
  const std::int64_t whole_mib = whole_figures(mib, requested.cpus);
  return whole_mib < requested.mib ? std::optional(whole_mib) : std::nullopt;
}

}  // namespace

std::optional<MemoryRequest> decide_memory(RuntimeState& state, const job_desc_msg_t& job,
                                           const SubmittedJob& submitted, const SiteFacts& facts,
                                           const Settings& settings, PlannedJob& planned) {
  auto& shaped_mib = planned.plan.shaped_memory_mib;
  const auto requested = shapeable(job, submitted, facts, settings, planned.plan);
  if (shaped_mib) shaped_mib = requested ? whole_or_nothing(*shaped_mib, *requested) : std::nullopt;
  const bool enforces = planned.plan.modes.at(static_cast<std::size_t>(Lever::memory)) == Mode::enforce;
  if (!shaped_mib || !enforces) return requested;
  const JobRequest& request = submitted.request;
  if (!state.open_shapes.open(request.uid, request.name, open_shapes_max(planned.prediction),
                              std::max(request.array_tasks, 1U)))
    shaped_mib.reset();
  return requested;
}

std::optional<MemoryMark> memory_of(const Plan& plan, const MemoryRequest& requested) {
  if (plan.modes.at(static_cast<std::size_t>(Lever::memory)) != Mode::enforce) return std::nullopt;
  MemoryMark mark{plan.shaped_memory_mib.value_or(requested.mib), requested.mib};
  mark.cpus = requested.cpus;
  return mark;
}

}  // namespace foreshape
