#include "predictor/model/features.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "predictor/model/feature_parts.h"

namespace foreshape {
namespace {

// Where there is no request, bins lie around these: an hour, 1 GiB, all cpus, 100 MiB, 100 MiB.
constexpr std::array<float, kResources> kReference = {8.19F, 20.8F, 0.0F, 18.5F, 18.5F};
// Sizes below a KiB and shares below 1/10,000 can't be told apart in a profile.
constexpr std::array<float, kResources> kLeast = {0.0F, 6.931472F, -9.2103404F, 6.931472F, 6.931472F};

float log_of(std::int64_t value) { return fast_log(std::max(static_cast<float>(value), 1.0F)); }

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
  out.identities = {job.uid + 1, job.account, job.name, job.partition, job.qos, job.script, job.folder};
  out.job.fill(0);
  PastLogs logs;  // NOLINT(cppcoreguidelines-pro-type-member-init): as many as there are candidates are set
  logs_of(moment.candidates, logs);
  compute_job_features(moment, logs, out);
  const float elapsed_s = compute_live_features(moment, out);
  compute_pair_features(moment, logs, elapsed_s, out);
}

float evidence_of(const ModelInput& input) {
  constexpr float kBurst = 4;  // 8 and 4 hardly differ; without, RICC loses .003 and more (README.md)
  const float before = fast_exp(4 * input[JobFeature::burst_10min]) - 1;  // as log_count() has it
  return before > kBurst ? kBurst / before : 1.0F;
}

Target target_of(const PastJob& finished) {
  Target target{};
  if (was_cut_off_by_others(finished.state)) return target;
  const auto say = [&](Resource resource, float value, bool at_least) {
    const auto r = static_cast<std::size_t>(resource);
    target.value[r] = std::max(value, kLeast[r]);
    target.known[r] = at_least ? kAtLeast : kMeasured;
  };
  const auto run_s = static_cast<float>(finished.run_s);
  const auto limit_s = static_cast<float>(finished.asked_limit_s);
  if (used_up_limit(finished))
    say(Resource::run_time, fast_log(std::max(finished.asked_limit_s > 0 ? limit_s : run_s, 1.0F)), true);
  else if (finished.run_s > 0)
    say(Resource::run_time, fast_log(run_s), false);
  if (finished.state == JobState::cancelled) return target;

  const auto bytes = [](std::uint32_t kib) {
    return fast_log(1024.0F * static_cast<float>(std::max(kib, 1U)));
  };
  const bool out_of_memory = finished.state == JobState::out_of_memory;
  if (out_of_memory && finished.asked_memory_kib > 0)
    say(Resource::peak_memory, bytes(finished.asked_memory_kib), true);
  else if (finished.used_memory_kib != PastJob::kNotMeasured)
    say(Resource::peak_memory, bytes(finished.used_memory_kib), out_of_memory);
  if (finished.cpu_efficiency != UINT16_MAX)
    say(Resource::cpu_efficiency,
        fast_log(std::max(static_cast<float>(finished.cpu_efficiency), 1.0F) / 10'000), false);
  if (finished.used_read_kib != PastJob::kNotMeasured)
    say(Resource::read, bytes(finished.used_read_kib), false);
  if (finished.used_written_kib != PastJob::kNotMeasured)
    say(Resource::written, bytes(finished.used_written_kib), false);
  return target;
}

}  // namespace foreshape
