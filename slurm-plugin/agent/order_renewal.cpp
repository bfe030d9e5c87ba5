// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/order_renewal.h"

#include <algorithm>
#include <cstdlib>

#include "slurm-plugin/slurm/job_record.h"
#include "slurm-plugin/slurm/record_state.h"
#include "slurm-plugin/slurm/slurm_field.h"
#include "slurm-plugin/slurm/slurm_release.h"
#include "slurm-plugin/slurm/trial_job.h"
#include "slurm-plugin/state/submission.h"

namespace foreshape {
namespace {

bool waits(const slurm_job_info_t& job) {
  const bool is_held = job.priority == 0;
  return job_state(job.job_state) == JobState::pending && !is_held;
}

/// Slurm counts its age from accrue_time: a job that was held, depends or begins later has not waited yet.
bool has_waited(const slurm_job_info_t& job, std::int64_t offset_s, UnixSeconds now_s) {
  return offset_s > 0 && job.accrue_time > 0 && now_s - job.accrue_time + age_credit_s(job) >= offset_s;
}

std::int32_t points_of(const slurm_job_info_t& job, std::int64_t offset_s, const OrderScale& scale) {
  return aged_points(order_points(offset_s, scale), age_credit_s(job), scale);
}

/// modified: sorted. An array's tasks are changed together by its number.
bool is_among(const std::vector<JobKey>& modified, const slurm_job_info_t& job) {
  const auto has = [&modified](JobKey key) { return std::ranges::binary_search(modified, key); };
  return has(job_id_of(job)) || (job.array_job_id != 0 && has(job.array_job_id)) ||
         (sluid_of(job) != 0 && has(sluid_of(job)));
}

}  // namespace

std::vector<NewPlace> OrderRenewal::due(const job_info_msg_t& jobs, const TokenOf& token_of,
                                        UnixSeconds now_s) {
  const auto settings = state_.settings.get();
  const OrderPolicy& order = settings->policy.order;
  const auto scale = state_.facts.get()->order_scale();
  if (state_.is_stopped() || order.mode != OrderMode::on || order.renew_s == 0 || !scale ||
      jobs.record_count == 0)
    return {};
  const std::vector<JobKey> modified = state_.modified.look(now_s);
  std::vector<NewPlace> places = of_modified(jobs, modified, token_of, *scale);
  if (now_s - renewed_s_ < order.renew_s && now_s >= renewed_s_) return places;
  renewed_s_ = now_s;
  if (state_.modified.overflowed(jobs.last_update, now_s)) catch_up_ = jobs.record_count;
  std::uint32_t looks = 0, seen = 0;
  for (; seen < jobs.record_count && looks < kMaxLooks && places.size() < kMaxPlaces; ++seen) {
    const slurm_job_info_t& job = jobs.job_array[(position_ + seen) % jobs.record_count];
    if (!waits(job) || is_among(modified, job)) continue;
    ++looks;
    const SubmissionToken token = token_of(job);
    const auto offset_s = placed_at(job, token, *scale);
    if (!offset_s || (seen >= catch_up_ && has_waited(job, *offset_s, now_s))) continue;
    if (auto place = look(job, token, *offset_s, *scale)) places.push_back(*place);
  }
  position_ = (position_ + seen) % jobs.record_count;
  catch_up_ -= std::min(catch_up_, seen);
  return places;
}

/// Also those that have waited their offset: it was that of another width, limit or name. A job that must
/// move is settled once a later look finds it there, so that a call which Slurm refuses is made again for
/// some minutes.
std::vector<NewPlace> OrderRenewal::of_modified(const job_info_msg_t& jobs,
                                                const std::vector<JobKey>& modified, const TokenOf& token_of,
                                                const OrderScale& scale) {
  std::vector<NewPlace> places;
  std::vector<JobKey> unready, tried;
  std::uint32_t looks = 0;
  for (std::uint32_t i = 0; i < jobs.record_count && !modified.empty(); ++i) {
    const slurm_job_info_t& job = jobs.job_array[i];
    if (job_state(job.job_state) != JobState::pending || !is_among(modified, job)) continue;
    const bool has_turn = waits(job) && looks < kMaxLooks && places.size() < kMaxPlaces;
    if (has_turn) {
      ++looks;
      const auto place = place_of_modified(job, token_of, scale);
      if (!place) continue;
      places.push_back(*place);
    }
    std::vector<JobKey>& open = has_turn ? tried : unready;
    open.push_back(job_id_of(job));
    if (sluid_of(job) != 0) open.push_back(sluid_of(job));
    if (job.array_job_id != 0) open.push_back(job.array_job_id);
  }
  std::ranges::sort(unready);
  std::ranges::sort(tried);
  state_.modified.settle(unready, tried, jobs.last_update);
  return places;
}

std::optional<NewPlace> OrderRenewal::place_of_modified(const slurm_job_info_t& job, const TokenOf& token_of,
                                                        const OrderScale& scale) {
  const SubmissionToken token = token_of(job);
  const auto offset_s = placed_at(job, token, scale);
  return offset_s ? look(job, token, *offset_s, scale) : std::nullopt;
}

std::optional<std::int64_t> OrderRenewal::placed_at(const slurm_job_info_t& job, SubmissionToken token,
                                                    const OrderScale& scale) const {
  for (const auto& offset_s : {state_.offsets.find(token), former_.find(token)}) {
    if (!offset_s) continue;
    if (job.site_factor == site_factor_of(points_of(job, *offset_s, scale))) return offset_s;
  }
  return std::nullopt;
}

std::optional<NewPlace> OrderRenewal::look(const slurm_job_info_t& job, SubmissionToken token,
                                           std::int64_t offset_s, const OrderScale& scale) {
  const auto remembered = state_.requests.find(token);
  if (!remembered) return std::nullopt;

  const auto settings = state_.settings.get();
  const auto facts = state_.facts.get();
  const JobRequest request = requested_by(job, remembered);
  const LeverModes modes =
      settings->policy.modes_for({{&request.partition, 1}, {&request.qos, 1}, request.account});
  const PlannedJob planned = planned_job(state_, *settings, *facts, request, modes);
  const auto wanted_s = planned.plan.order_offset_s;
  if (!wanted_s || std::abs(*wanted_s - offset_s) < kMinMove_s) return std::nullopt;
  return NewPlace{job_id_of(job), token, *wanted_s, points_of(job, *wanted_s, scale),
                  order_claim(planned.prediction, planned.plan)};
}

void OrderRenewal::done(const NewPlace& place) {
  const auto offset_s = state_.offsets.find(place.token);
  if (offset_s && *offset_s != place.offset_s) former_.remember(place.token, *offset_s);
  state_.offsets.remember(place.token, place.offset_s);
  if (place.claim_s) state_.claims.remember(place.token, *place.claim_s);
}

}  // namespace foreshape
