// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/memory_sizing.h"

#include <algorithm>
#include <utility>

#include "predictor/base/token_tag.h"
#include "predictor/plan/memory_shape.h"
#include "slurm-plugin/slurm/job_record.h"
#include "slurm-plugin/slurm/memory_lever.h"
#include "slurm-plugin/slurm/record_state.h"
#include "slurm-plugin/slurm/shaped_job.h"
#include "slurm-plugin/slurm/slurm_field.h"
#include "slurm-plugin/slurm/slurm_release.h"
#include "slurm-plugin/state/hold_admission.h"
#include "slurm-plugin/state/submission.h"

namespace foreshape {
namespace {

std::optional<MemoryMark> waiting_memory(const slurm_job_info_t& job) {
  const bool waits = job_state(job.job_state) == JobState::pending && job.restart_cnt == 0;
  if (!waits || !is_batch_job(job) || names_a_hold(bounded(job.resv_name))) return std::nullopt;
  const auto mark = marked_memory(job);
  return mark && !mark->is_returned ? mark : std::nullopt;
}

/// Where the job may come to run, by what it says now.
struct Places {
  explicit Places(const slurm_job_info_t& job)
      : partitions(listed_names(bounded(job.partition))),
        qoses(listed_names(bounded(job.qos))),
        account(text_hash(bounded(job.account))) {}
  LeverModes modes(const Policy& policy) const {
    return policy.modes_for({partitions.all(), qoses.all(), account});
  }
  ListedNames partitions, qoses;
  TextHash account;
};

bool may_be_less(const slurm_job_info_t& job, const Places& places, const LeverModes& modes,
                 const SiteFacts& facts) {
  return job.requeue != 0 && !says_off(bounded(job.comment)) &&
         modes.at(static_cast<std::size_t>(Lever::memory)) == Mode::enforce &&
         keep_figures_per_node(places.partitions, facts);
}

}  // namespace

void MemorySizing::evidence_changed() {
  looked_at_.clear();
  wants_look_ = true;
}

/// The prediction that its submission would be given now.
std::optional<std::int64_t> MemorySizing::fitting_mib(const slurm_job_info_t& job, const LeverModes& modes,
                                                      const MemoryMark& mark) {
  const auto settings = state_.settings.get();
  const auto token = tagged_token(bounded(job.admin_comment));
  const JobRequest request = requested_by(job, state_.requests.find(token));
  const PlannedJob planned = planned_job(state_, *settings, *state_.facts.get(), request, modes);
  auto fitting_mib =
      fitting_memory_mib(request, planned.prediction, state_.memory_margins.get()->headroom(job.user_id));
  if (fitting_mib) fitting_mib = whole_figures(*fitting_mib, mark.cpus);  // the request is one, too
  const bool opens = fitting_mib && mark.planned_mib == mark.requested_mib &&
                     is_worth_resizing(mark.planned_mib, *fitting_mib, mark.requested_mib);
  if (opens &&
      !state_.open_shapes.open(request.uid, request.name, open_shapes_max(planned.prediction), jobs_in(job)))
    return std::nullopt;
  return fitting_mib;
}

std::int64_t MemorySizing::wanted_mib(const slurm_job_info_t& job, const MemoryMark& mark,
                                      std::uint32_t& looks) {
  const Places places(job);
  const LeverModes modes = modes_for_user(state_, places.modes(state_.settings.get()->policy), job.user_id);
  if (!may_be_less(job, places, modes, *state_.facts.get())) return mark.requested_mib;
  if (!wants_look_ || looked_at_.contains(job_id_of(job))) return mark.planned_mib;
  if (looks == kMaxLooks) {
    is_bounded_ = true;
    return mark.planned_mib;
  }
  ++looks;
  looked_at_.insert(job_id_of(job));
  return fitting_mib(job, modes, mark).value_or(mark.planned_mib);
}

std::vector<MemorySize> MemorySizing::due(const job_info_msg_t& jobs) {
  std::vector<MemorySize> sizes;
  std::uint32_t looks = 0;
  is_bounded_ = false;
  for (std::uint32_t i = 0; i < jobs.record_count; ++i) {
    const slurm_job_info_t& job = jobs.job_array[i];
    const auto mark = waiting_memory(job);
    if (!mark) continue;
    if ((is_bounded_ |= sizes.size() == kMaxSizes)) break;
    const std::int64_t to_mib = wanted_mib(job, *mark, looks);
    if (!is_worth_resizing(mark->planned_mib, to_mib, mark->requested_mib)) continue;
    const std::uint64_t nodes = std::uint64_t{std::max(job.num_nodes, 1U)} * jobs_in(job);
    MemorySize size{job_id_of(job), shown_id(job), job.user_id, nodes, *mark, to_mib, {}, {}};
    size.had_comment = bounded(job.admin_comment, kMaxScriptBytes);
    size.admin_comment = resized_comment(size.had_comment, mark->planned_mib, to_mib);
    sizes.push_back(std::move(size));
  }
  if (!is_bounded_) {
    wants_look_ = false;
    looked_at_.clear();
  }
  return sizes;
}

}  // namespace foreshape
