// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <cmath>

#include "predictor/model/features/feature_parts.h"

namespace foreshape {
namespace {

using F = JobFeature;

/// Writes features by name.
class Writer {
 public:
  explicit Writer(ModelInput& in) : in_(in) {}
  float& operator[](F f) { return in_.job[static_cast<std::size_t>(f)]; }
  void set(F f, bool yes) { (*this)[f] = yes ? 1.0F : 0.0F; }

 private:
  ModelInput& in_;
};

void request(const JobRequest& job, Writer& w) {
  const std::int64_t limit_s = job.limit_s.value_or(0);
  w.set(F::limit_missing, limit_s <= 0);
  if (limit_s > 0) w[F::limit] = log_time(static_cast<float>(limit_s));
  w.set(F::limit_whole_hours, limit_s > 0 && limit_s % 3600 == 0);
  w.set(F::limit_whole_days, limit_s > 0 && limit_s % 86'400 == 0);
  w[F::cpus] = log_count(static_cast<float>(job.least_cpus()));
  const auto optional = [&](const std::optional<std::uint32_t>& n, F value, F missing) {
    w.set(missing, !n);
    if (n) w[value] = log_count(static_cast<float>(*n));
  };
  optional(job.nodes, F::nodes, F::nodes_missing);
  optional(job.tasks, F::tasks, F::tasks_missing);
  optional(job.gpus, F::gpus, F::gpus_missing);
  w.set(F::memory_missing, !job.memory_per_node_bytes);
  if (job.memory_per_node_bytes)
    w[F::memory] = (fast_log(std::max(static_cast<float>(*job.memory_per_node_bytes), 1.0F)) - 20) / 3;
  w[F::array_tasks] = log_count(static_cast<float>(job.array_tasks));
  w.set(F::interactive, job.interactive);
  w.set(F::has_dependency, job.has_dependency);
  w.set(F::has_gres, job.gres != 0);
  w.set(F::has_licenses, job.licenses != 0);
  w.set(F::has_burst_buffer, job.burst_buffer != 0);
}

void kernel(const JobMoment& moment, Writer& w) {
  const Forecast& run = moment.kernel.of(Resource::run_time);
  w.set(F::kernel_missing, !run.known());
  if (run.known()) {
    w[F::kernel_typical] = log_time(run.typical);
    w[F::kernel_mean] = log_time(run.mean);
    // kQuantileLevels has .1 at 2, .25 at 3, .5 at 4, .75 at 5, .9 at 7, .95 at 8.
    constexpr std::array<std::pair<std::size_t, F>, 6> kLevels = {{{2, F::kernel_q10},
                                                                   {3, F::kernel_q25},
                                                                   {4, F::kernel_q50},
                                                                   {5, F::kernel_q75},
                                                                   {7, F::kernel_q90},
                                                                   {8, F::kernel_q95}}};
    for (const auto& [level, feature] : kLevels) w[feature] = log_time(run.quantiles[level]);
    w[F::kernel_spread] = w[F::kernel_q90] - w[F::kernel_q10];
    if (w[F::limit_missing] == 0) w[F::kernel_share] = w[F::kernel_typical] - w[F::limit];
  }
  w[F::kernel_similar] = log_count(static_cast<float>(moment.kernel.similar_jobs));
  const auto other = [&](Resource r, F value, F missing, float middle) {
    const Forecast& forecast = moment.kernel.of(r);
    w.set(missing, !forecast.known());
    if (forecast.known()) w[value] = (fast_log(std::max(forecast.typical, 1e-6F)) - middle) / 3;
  };
  other(Resource::peak_memory, F::kernel_memory, F::kernel_memory_missing, 20);
  other(Resource::cpu_efficiency, F::kernel_efficiency, F::kernel_efficiency_missing, 0);
  other(Resource::read, F::kernel_read, F::kernel_read_missing, 18);
  other(Resource::written, F::kernel_written, F::kernel_written_missing, 18);
  w.set(F::from_account, moment.candidates.evidence == Evidence::account);
  w.set(F::from_cluster, moment.candidates.evidence == Evidence::cluster);
}

void own_history(std::span<const PastJob> own, const PastLogs& logs, Writer& w) {
  w[F::own_jobs] = log_count(static_cast<float>(own.size()));
  w.set(F::own_missing, own.empty());
  if (own.empty()) return;
  w[F::last_run] = scaled_log_time(logs.run_s[0]);
  w[F::last_share] = logs.share_of_limit(own[0], 0);
  const PastJob& second = own.size() > 1 ? own[1] : own[0];
  w[F::last_two_run] = log_time((static_cast<float>(own[0].run_s) + static_cast<float>(second.run_s)) / 2);
  constexpr std::uint32_t kBrief_s = 60;
  float share = 0, hit = 0, failed = 0, cancelled = 0, brief = 0;
  for (std::size_t i = 0; i < own.size(); ++i) {
    const PastJob& past = own[i];
    share += logs.share_of_limit(past, i);
    hit += used_up_limit(past) ? 1.0F : 0.0F;
    failed += past.state == JobState::failed ? 1.0F : 0.0F;
    cancelled += past.state == JobState::cancelled ? 1.0F : 0.0F;
    brief += past.run_s < kBrief_s ? 1.0F : 0.0F;
  }
  const auto n = static_cast<float>(own.size());
  w[F::mean_share] = share / n;
  w[F::hit_limit] = hit / n;
  w[F::failed] = failed / n;
  w[F::cancelled] = cancelled / n;
  w[F::brief] = brief / n;
}

/// Log run times of some of the past jobs, newest first.
struct Runs {
  float n = 0, last = 0, least = 0, most = 0, sum = 0, shares = 0;

  void add(const PastJob& past, const PastLogs& logs, std::size_t i) {
    const float run = scaled_log_time(logs.run_s[i]);
    if (n == 0) last = least = most = run;
    least = std::min(least, run);
    most = std::max(most, run);
    sum += run;
    shares += logs.share_of_limit(past, i);
    ++n;
  }
  float mean() const { return n > 0 ? sum / n : 0; }
};

void like_jobs(const JobMoment& moment, const PastLogs& logs, Writer& w) {
  Runs key, work;
  const SameJob is_like{moment.job};
  const auto own = moment.candidates.of_user();
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (was_cut_off_by_others(own[i].state)) continue;
    if (is_like.key(own[i])) key.add(own[i], logs, i);
    if (is_like.work(own[i])) work.add(own[i], logs, i);
  }
  w[F::same_key] = log_count(key.n);
  w.set(F::same_key_missing, key.n == 0);
  w[F::same_key_last] = key.last;
  w[F::same_key_least] = key.least;
  w[F::same_key_most] = key.most;
  w[F::same_key_mean] = key.mean();
  w[F::same_name] = log_count(work.n);
  w.set(F::same_name_missing, work.n == 0);
  w[F::same_name_last] = work.last;
  w[F::same_name_mean] = work.mean();
  w[F::same_name_share] = work.n > 0 ? work.shares / work.n : 0;
}

void ended_lately(const JobMoment& moment, const PastLogs& logs, Writer& w) {
  const auto own = moment.candidates.of_user();
  w.set(F::since_end_missing, own.empty());
  const auto now = moment.job.submit_s;
  if (!own.empty()) w[F::since_end] = log_time(static_cast<float>(now - own[0].end_s));
  const auto within = [&](std::int64_t window_s, F count, F run, F missing) {
    Runs runs;
    for (std::size_t i = 0; i < own.size(); ++i) {
      if (own[i].end_s + window_s < now) break;  // newest first
      runs.add(own[i], logs, i);
    }
    w[count] = log_count(runs.n);
    w[run] = runs.mean();
    w.set(missing, runs.n == 0);
  };
  within(600, F::ended_10min, F::ended_10min_run, F::ended_10min_missing);
  within(3600, F::ended_1h, F::ended_1h_run, F::ended_1h_missing);
}

}  // namespace

void compute_job_features(const JobMoment& moment, const PastLogs& logs, ModelInput& in) {
  Writer w{in};
  const TimeOfWeek at = time_of_week(moment.job.submit_s);
  w[F::hour_sin] = at.hour_sin;
  w[F::hour_cos] = at.hour_cos;
  w[F::week_sin] = at.week_sin;
  w[F::week_cos] = at.week_cos;
  request(moment.job, w);
  kernel(moment, w);
  own_history(moment.candidates.of_user(), logs, w);
  like_jobs(moment, logs, w);
  ended_lately(moment, logs, w);
}

}  // namespace foreshape
