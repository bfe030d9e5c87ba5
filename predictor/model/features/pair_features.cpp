// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <cstdlib>

#include "predictor/base/target_clones.h"
#include "predictor/baseline/kernel.h"
#include "predictor/model/features/feature_parts.h"

namespace foreshape {
namespace {

using F = PairFeature;

/// Which of the gathered jobs are pointed at, newest first: the kNewest newest that say anything, then older
/// ones like this job, then (only where the user has too few) other users'.
struct Chosen {
  std::array<std::uint8_t, kPointed> index;  // NOLINT(cppcoreguidelines-pro-type-member-init): size are set
  std::size_t size = 0;
};
static_assert(kProfileJobs <= 255);

Chosen choose(const JobRequest& job, const Candidates& candidates) {
  Chosen chosen;
  const SameJob is_like{job};
  for (std::size_t i = 0; i < candidates.size && chosen.size < kPointed; ++i) {
    const PastJob& past = candidates.jobs[i];
    const bool is_newest = chosen.size < kNewest, is_others = i >= candidates.own;
    const bool is_alike = is_like.key(past), does_alike = is_like.work(past);
    const bool says_much = !was_cut_off_by_others(past.state);
    // Written in any case, counted if it is wanted: whether it is can't be guessed.
    chosen.index[chosen.size] = static_cast<std::uint8_t>(i);
    const bool is_wanted = (is_others | is_newest | is_alike | does_alike) & says_much;
    chosen.size += is_wanted ? 1 : 0;
  }
  return chosen;
}

/// By the index among the gathered jobs, as in the kernel: e^(-i / 25).
constexpr std::array<float, kProfileJobs> kRankWeights = [] {
  std::array<float, kProfileJobs> weights{};
  for (std::size_t i = 0; i < weights.size(); ++i)
    weights[i] = fast_exp(-static_cast<float>(i) * (1.0F / 25));
  return weights;
}();

/// Hours between two times of day, of 12, as a share.
float hour_distance(UnixSeconds a, UnixSeconds b) {
  constexpr std::int64_t kDay_s = 86'400;
  const std::int64_t apart = std::abs(a - b) % kDay_s;
  return static_cast<float>(std::min(apart, kDay_s - apart)) / (kDay_s / 2.0F);
}

/// What is told of a candidate as a logarithm, by the order in which they were chosen.
struct PairLogs {
  using Column = std::array<float, kPointed>;
  static_assert(kPointed % PastLogs::kLanes == 0);
  alignas(64) Column since_end, since_submit, wait, cpus;  // of seconds and cpus, at least 1
  alignas(64) Column memory;  // requested now / requested then; 0 where either is not said
  alignas(64) std::array<Column, kResources> used;  // but for the run time's, which PastLogs has
  std::array<bool, kResources> is_measured{};       // of any candidate; else its column is not set
};

/// Fills up to whole vectors, and takes logarithms.
void log_column(PairLogs::Column& column, std::size_t size) {
  const std::size_t filled = PastLogs::whole(size);
  std::fill(column.begin() + size, column.begin() + filled, 1.0F);
  take_logs(std::span{column}.first(filled));
}

void log_plainly(PairLogs::Column& column, std::size_t size) {
  for (float& x : std::span{column}.first(size)) x = fast_log(x);
}

float at_least_one(std::int64_t x) { return static_cast<float>(std::max<std::int64_t>(x, 1)); }

/// What the candidates used, and in.known. Not by take_logs(): a candidate's value has the bits that it had
/// as a target, on every processor.
void log_used(const JobMoment& moment, const Chosen& chosen, PairLogs& logs, ModelInput& in) {
  std::array<std::uint8_t, kResources> is_known{};
  for (std::size_t k = 0; k < chosen.size; ++k) {
    const Used used = used_by(moment.candidates.jobs[chosen.index[k]]);
    for (std::size_t r = 0; r < kResources; ++r) {
      logs.used[r][k] = used.value[r];
      in.known[k * kResources + r] = used.known[r] == kUnknown ? 0 : 1;
      is_known[r] |= used.known[r];
    }
  }
  for (std::size_t r = 0; r < kResources; ++r)
    if (is_known[r] != kUnknown) log_plainly(logs.used[r], chosen.size);
}

void logs_of(const JobMoment& moment, const Chosen& chosen, PairLogs& logs) {
  const UnixSeconds now = moment.job.submit_s;
  const std::int64_t memory = moment.job.memory_per_node_bytes.value_or(0);
  for (std::size_t k = 0; k < chosen.size; ++k) {
    const PastJob& past = moment.candidates.jobs[chosen.index[k]];
    logs.since_end[k] = at_least_one(now - past.end_s);
    logs.since_submit[k] = at_least_one(now - past.submit_s);
    logs.wait[k] = at_least_one(std::int64_t{past.start_s} - past.submit_s);
    logs.cpus[k] = at_least_one(past.requested_cpus);
    logs.memory[k] =
        static_cast<float>(memory) / (1024.0F * static_cast<float>(std::max(past.requested_memory_kib, 1U)));
  }
  for (PairLogs::Column* column : {&logs.since_end, &logs.since_submit, &logs.wait, &logs.cpus})
    log_column(*column, chosen.size);
  if (moment.job.memory_per_node_bytes) log_plainly(logs.memory, chosen.size);
}

/// Everything that rows are made from.
struct Pairing {
  const JobRequest& job;
  const PastLogs& past;
  const PairLogs& pair;
  SameJob is_like;
  float elapsed_s;
  std::int64_t limit_s;
  std::uint32_t cpus;
  float log_limit_s, log_cpus;  // of the job's request; 0 where it says nothing
};

Pairing pairing_of(const JobRequest& job, const PastLogs& past, const PairLogs& pair, float elapsed_s) {
  const std::int64_t limit_s = job.limit_s.value_or(0);
  const std::uint32_t cpus = job.least_cpus();
  return {.job = job,
          .past = past,
          .pair = pair,
          .is_like = SameJob{job},
          .elapsed_s = elapsed_s,
          .limit_s = limit_s,
          .cpus = cpus,
          .log_limit_s = fast_log(at_least_one(limit_s)),
          .log_cpus = fast_log(at_least_one(cpus))};
}

class Row {
 public:
  explicit Row(float* row) : row_(row) {}
  float& operator[](F f) { return row_[static_cast<std::size_t>(f)]; }
  void set(F f, bool yes) { (*this)[f] = static_cast<float>(yes); }

 private:
  float* row_;
};

/// ln(a / b) within a factor of e^4; 0 where either is not said.
float log_ratio(bool both_said, float log_a, float log_b) {
  return both_said ? clipped(log_a - log_b, 4) : 0.0F;
}

// No branches: which candidates are alike can't be guessed.
void likeness(const Pairing& p, const PastJob& past, std::size_t i, std::size_t k, Row& row) {
  const JobRequest& job = p.job;
  const float limits =
      log_ratio((p.limit_s > 0) & (past.requested_limit_s > 0), p.log_limit_s, p.past.limit_s[i]) / 2;
  row.set(F::same_limit, p.limit_s == past.requested_limit_s);
  row[F::limit_difference] = limits;
  row[F::limit_distance] = std::abs(limits);
  const float cpus = log_ratio((p.cpus > 0) & (past.requested_cpus > 0), p.log_cpus, p.pair.cpus[k]) / 2;
  row.set(F::same_cpus, p.cpus == past.requested_cpus);
  row[F::cpus_difference] = cpus;
  row[F::cpus_distance] = std::abs(cpus);
  row.set(F::same_key, p.is_like.key(past));
  row.set(F::own, job.uid == past.uid);
  row.set(F::same_name, same_text(job.name, past.name));
  row.set(F::same_script, same_text(job.script, past.script));
  row.set(F::same_work_dir, same_text(job.work_dir, past.work_dir));
  row.set(F::same_partition, same_text(job.partition, past.partition));
  row.set(F::same_account, same_text(job.account, past.account));
  row.set(F::same_qos, same_text(job.qos, past.qos));
  row.set(F::same_interactive, job.interactive == (past.interactive != 0));
  const bool has_memory = job.memory_per_node_bytes.has_value() & (past.requested_memory_kib > 0);
  row.set(F::memory_missing, !has_memory);
  row[F::memory_difference] = has_memory ? clipped(p.pair.memory[k], 4) / 2 : 0.0F;
}

void outcome(const Pairing& p, const PastJob& past, std::size_t i, std::size_t k, Row& row) {
  const UnixSeconds now = p.job.submit_s;
  constexpr std::int64_t kBurst_s = 600;
  row[F::since_end] = scaled_log_time(p.pair.since_end[k]);
  row[F::since_submit] = scaled_log_time(p.pair.since_submit[k]);
  row.set(F::same_burst, past.submit_s + kBurst_s >= now);
  row.set(F::same_second, past.submit_s + 1 >= now);
  row[F::hour_distance] = hour_distance(now, past.submit_s);
  row[F::run] = scaled_log_time(p.past.run_s[i]);
  row[F::run_share] = p.limit_s > 0 ? clipped(p.past.run_s[i] - p.log_limit_s, 15) / 3 : 0.0F;
  row[F::own_share] = p.past.share_of_limit(past, i);
  row.set(F::hit_limit, used_up_limit(past));
  row.set(F::failed, past.state == JobState::failed);
  row.set(F::cancelled, past.state == JobState::cancelled);
  row[F::wait] = past.start_s >= past.submit_s ? scaled_log_time(p.pair.wait[k]) : 0.0F;
  row.set(F::above_elapsed, static_cast<float>(past.run_s) > p.elapsed_s);
}

void values_of(const PastJob& past, const PairLogs& logs, std::size_t k, ModelInput& in) {
  for (std::size_t r = 0; r < kResources; ++r) {
    const float value = std::min(std::max(logs.used[r][k], kMinLog[r]), in.bound[r]);
    in.values[k * kResources + r] = in.known[k * kResources + r] != 0 ? value : 0.0F;
  }
  // As the kernel has it: what used up its limit stands for "all of the limit".
  const bool used_all = used_up_limit(past), is_bound = in.bound[0] < kNoBound;
  const bool is_all = used_all & is_bound;
  in.values[k * kResources] = is_all ? in.bound[0] : in.values[k * kResources];
}

/// sum over j of w_j min(r_k, r_j) / max(r_k, r_j), with 1 / r beside r; j < size.
FORESHAPE_TARGET_CLONES
void agreement(const PairLogs::Column& runs, const PairLogs::Column& inverse, const PairLogs::Column& weights,
               std::size_t size, PairLogs::Column& alike) {
  alike.fill(0);
  for (std::size_t j = 0; j < size; ++j)
    for (std::size_t k = 0; k < kPointed; ++k)
      alike[k] += weights[j] * std::min(runs[k] * inverse[j], runs[j] * inverse[k]);
}

/// How much of the kernel's weight says about the same run time as each candidate: what the kernel's own
/// point prediction maximises. Also turns the weights into logarithms.
void density(ModelInput& in, PairLogs::Column& weights) {
  const std::size_t n = in.candidates;
  if (n == 0) return;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): as many as are read are set
  alignas(64) PairLogs::Column runs, inverse, alike;
  float total = 0;
  for (std::size_t k = 0; k < n; ++k) {
    runs[k] = fast_exp(in.values[k * kResources]);
    inverse[k] = 1 / runs[k];
    total += weights[k];
  }
  for (std::size_t k = n; k < kPointed; ++k) {
    runs[k] = inverse[k] = 1;
    weights[k] = total;
  }
  agreement(runs, inverse, weights, n, alike);
  for (float& weight : weights) weight = std::max(weight / total, 1e-30F);
  for (std::size_t k = 0; k < n; ++k)
    in.pairs[k * kPairFeatures + static_cast<std::size_t>(F::density)] = alike[k] / total;
  take_logs(weights);
  for (std::size_t k = 0; k < n; ++k)
    in.pairs[k * kPairFeatures + static_cast<std::size_t>(F::kernel_log_weight)] =
        std::max(weights[k], -20.0F) / 4;
}

}  // namespace

void compute_pair_features(const JobMoment& moment, const PastLogs& logs, float elapsed_s, ModelInput& in) {
  const Chosen chosen = choose(moment.job, moment.candidates);
  in.candidates = static_cast<std::uint32_t>(chosen.size);
  // NOLINTBEGIN(cppcoreguidelines-pro-type-member-init): as many as are read are set
  PairLogs pair_logs;
  alignas(64) PairLogs::Column weights;
  // NOLINTEND(cppcoreguidelines-pro-type-member-init)
  logs_of(moment, chosen, pair_logs);
  log_used(moment, chosen, pair_logs, in);
  const Pairing pairing = pairing_of(moment.job, logs, pair_logs, elapsed_s);
  const KernelWeight kernel_weight{moment.job};
  for (std::size_t k = 0; k < chosen.size; ++k) {
    const std::size_t i = chosen.index[k];
    const PastJob& past = moment.candidates.jobs[i];
    Row row{&in.pairs[k * kPairFeatures]};
    row[F::rank] = static_cast<float>(i) / kPointed;
    weights[k] = kernel_weight(past) * kRankWeights[i];
    likeness(pairing, past, i, k, row);
    outcome(pairing, past, i, k, row);
    values_of(past, pair_logs, k, in);
  }
  density(in, weights);
}

}  // namespace foreshape
