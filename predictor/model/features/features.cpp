// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/model/features/features.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "predictor/model/features/feature_parts.h"

namespace foreshape {
namespace {

// Where there is no request, bins lie around these: an hour, 1 GiB, all cpus, 100 MiB, 100 MiB.
constexpr std::array<float, kResources> kReference = {8.19F, 20.8F, 0.0F, 18.5F, 18.5F};
float log_of(std::int64_t value) { return fast_log(std::max(static_cast<float>(value), 1.0F)); }

/// What log_count() was made of.
float count_of(float log_count) { return fast_exp(4 * log_count) - 1; }

void set_bounds(const JobRequest& job, ModelInput& out) {
  out.reference = kReference;
  out.bound.fill(kNoBound);
  const auto bind = [&](Resource resource, float bound) {
    const auto r = static_cast<std::size_t>(resource);
    out.bound[r] = out.reference[r] = bound;
  };
  if (job.limit_s && *job.limit_s > 0) bind(Resource::run_time, log_of(*job.limit_s));
  if (job.memory_per_node_bytes && *job.memory_per_node_bytes > 0)
    bind(Resource::peak_memory, log_of(*job.memory_per_node_bytes));
  bind(Resource::cpu_efficiency, 0);
}

}  // namespace

TimeOfWeek time_of_week(UnixSeconds at_s) {
  constexpr std::int64_t kDay_s = 86'400, kWeek_s = 7 * kDay_s;
  const auto angle = [&](std::int64_t period_s) {
    return static_cast<float>(at_s % period_s) / static_cast<float>(period_s) * 2 * std::numbers::pi_v<float>;
  };
  return {std::sin(angle(kDay_s)), std::cos(angle(kDay_s)), std::sin(angle(kWeek_s)),
          std::cos(angle(kWeek_s))};
}

void compute_features(const JobMoment& moment, ModelInput& out) {
  const JobRequest& job = moment.job;
  set_bounds(job, out);
  out.identities = {job.uid + 1, job.account, job.name, job.partition, job.qos, job.script, job.work_dir};
  out.job.fill(0);
  PastLogs logs;  // NOLINT(cppcoreguidelines-pro-type-member-init): as many as there are candidates are set
  logs_of(moment.candidates, logs);
  compute_job_features(moment, logs, out);
  const float elapsed_s = compute_live_features(moment, out);
  compute_pair_features(moment, logs, elapsed_s, out);
}

float evidence_of(const ModelInput& input) {
  constexpr float kBurst = 4;  // 8 and 4 hardly differ; without, RICC loses .003 and more (docs/experiments)
  const float before = count_of(input[JobFeature::burst_10min]);
  return before > kBurst ? kBurst / before : 1.0F;
}

float precedents_of(const ModelInput& input) {
  const bool is_named = input.identity(Identity::name) != 0 || input.identity(Identity::script) != 0;
  return std::round(count_of(input[is_named ? JobFeature::same_name : JobFeature::same_key]));
}

// No branches: it is asked of every candidate.
Used used_by(const PastJob& finished) {
  const auto at_least_one = [](std::uint32_t x) { return static_cast<float>(std::max(x, 1U)); };
  const auto bytes = [&](std::uint32_t kib) { return 1024.0F * at_least_one(kib); };
  const bool used_up = used_up_limit(finished);
  const bool tells_run = !was_cut_off_by_others(finished.state);
  const bool tells = tells_run & (finished.state != JobState::cancelled);
  const bool no_memory_left = finished.state == JobState::out_of_memory;
  const bool used_up_memory = no_memory_left & (finished.requested_memory_kib > 0);
  Used used;  // NOLINT(cppcoreguidelines-pro-type-member-init): all are set
  const auto say = [&](Resource resource, bool is_known, float value, bool at_least) {
    const auto r = static_cast<std::size_t>(resource);
    used.value[r] = is_known ? value : 1.0F;
    used.known[r] = is_known ? (at_least ? kAtLeast : kMeasured) : kUnknown;
  };
  say(Resource::run_time, tells_run & (used_up | (finished.run_s > 0)),
      at_least_one((used_up & (finished.requested_limit_s > 0)) ? finished.requested_limit_s
                                                                : finished.run_s),
      used_up);
  say(Resource::peak_memory, tells & (used_up_memory | (finished.used_memory_kib != PastJob::kNotMeasured)),
      bytes(used_up_memory ? finished.requested_memory_kib : finished.used_memory_kib), no_memory_left);
  say(Resource::cpu_efficiency, tells & (finished.cpu_efficiency != UINT16_MAX),
      at_least_one(finished.cpu_efficiency) / 10'000, false);
  say(Resource::read, tells & (finished.used_read_kib != PastJob::kNotMeasured),
      bytes(finished.used_read_kib), false);
  say(Resource::written, tells & (finished.used_written_kib != PastJob::kNotMeasured),
      bytes(finished.used_written_kib), false);
  return used;
}

Target target_of(const PastJob& finished) {
  const Used used = used_by(finished);
  Target target{.value = {}, .known = used.known};
  for (std::size_t r = 0; r < kResources; ++r)
    if (used.known[r] != kUnknown) target.value[r] = std::max(fast_log(used.value[r]), kMinLog[r]);
  return target;
}

}  // namespace foreshape
