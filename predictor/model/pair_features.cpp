#include <algorithm>
#include <cstdlib>

#include "predictor/baseline/kernel.h"
#include "predictor/model/feature_parts.h"

namespace foreshape {
namespace {

using F = PairFeature;

/// Which of the gathered jobs are pointed at, newest first: the kNewest newest that say anything, then older
/// ones like this job, then (only where the user has too few) other users'.
struct Chosen {
  std::array<std::uint8_t, kPointed> index;  // NOLINT(cppcoreguidelines-pro-type-member-init): size are set
  std::size_t size = 0;
  void add(std::size_t i) { index[size++] = static_cast<std::uint8_t>(i); }
};
static_assert(kProfileJobs <= 255);

Chosen choose(const JobRequest& job, const Candidates& candidates) {
  Chosen chosen;
  for (std::size_t i = 0; i < candidates.size && chosen.size < kPointed; ++i) {
    const PastJob& past = candidates.jobs[i];
    if (was_cut_off_by_others(past.state)) continue;
    if (i >= candidates.own || chosen.size < kNewest || same_key(job, past) || same_work(job, past))
      chosen.add(i);
  }
  return chosen;
}

bool same(TextHash a, TextHash b) { return a != 0 && a == b; }

/// Hours between two times of day, of 12, as a share.
float hour_distance(UnixSeconds a, UnixSeconds b) {
  constexpr std::int64_t kDay_s = 86'400;
  const std::int64_t apart = std::abs(a - b) % kDay_s;
  return static_cast<float>(std::min(apart, kDay_s - apart)) / (kDay_s / 2.0F);
}

/// ln(a / b) within a factor of e^4; 0 where either is not said.
float log_ratio(float a, float b) { return a > 0 && b > 0 ? clipped(fast_log(a / b), 4) : 0.0F; }

class Row {
 public:
  explicit Row(float* row) : row_(row) {}
  float& operator[](F f) { return row_[static_cast<std::size_t>(f)]; }
  void set(F f, bool yes) { (*this)[f] = yes ? 1.0F : 0.0F; }

 private:
  float* row_;
};

void likeness(const JobRequest& job, const PastJob& past, Row& row) {
  const auto limit = static_cast<float>(job.limit_s.value_or(0));
  const float limits = log_ratio(limit, static_cast<float>(past.asked_limit_s));
  row.set(F::same_limit, job.limit_s.value_or(0) == past.asked_limit_s);
  row[F::limit_difference] = limits / 2;
  row[F::limit_distance] = std::abs(limits) / 2;
  const float cpus = log_ratio(static_cast<float>(job.least_cpus()), static_cast<float>(past.asked_cpus));
  row.set(F::same_cpus, job.least_cpus() == past.asked_cpus);
  row[F::cpus_difference] = cpus / 2;
  row[F::cpus_distance] = std::abs(cpus) / 2;
  row.set(F::same_key, same_key(job, past));
  row.set(F::own, job.uid == past.uid);
  row.set(F::same_name, same(job.name, past.name));
  row.set(F::same_script, same(job.script, past.script));
  row.set(F::same_folder, same(job.folder, past.folder));
  row.set(F::same_partition, same(job.partition, past.partition));
  row.set(F::same_account, same(job.account, past.account));
  row.set(F::same_qos, same(job.qos, past.qos));
  row.set(F::same_interactive, job.interactive == (past.interactive != 0));
  const bool has_memory = job.memory_per_node_bytes && past.asked_memory_kib > 0;
  row.set(F::memory_missing, !has_memory);
  row[F::memory_difference] = has_memory ? log_ratio(static_cast<float>(*job.memory_per_node_bytes),
                                                     1024.0F * static_cast<float>(past.asked_memory_kib)) /
                                               2
                                         : 0.0F;
}

void outcome(const JobMoment& moment, const PastJob& past, float elapsed_s, Row& row) {
  const UnixSeconds now = moment.job.submit_s;
  constexpr std::int64_t kBurst_s = 600;
  row[F::since_end] = log_time(static_cast<float>(now - past.end_s));
  row[F::since_submit] = log_time(static_cast<float>(now - past.submit_s));
  row.set(F::same_burst, past.submit_s + kBurst_s >= now);
  row.set(F::same_second, past.submit_s + 1 >= now);
  row[F::hour_distance] = hour_distance(now, past.submit_s);
  row[F::run] = log_time(static_cast<float>(past.run_s));
  const auto limit = static_cast<float>(moment.job.limit_s.value_or(0));
  row[F::run_share] =
      limit > 0 ? clipped(fast_log(std::max(static_cast<float>(past.run_s), 1.0F) / limit), 15) / 3 : 0.0F;
  row[F::own_share] = log_share_of_limit(past);
  row.set(F::hit_limit, used_up_limit(past));
  row.set(F::failed, past.state == JobState::failed);
  row.set(F::cancelled, past.state == JobState::cancelled);
  row[F::wait] =
      past.start_s >= past.submit_s ? log_time(static_cast<float>(past.start_s - past.submit_s)) : 0.0F;
  row.set(F::above_elapsed, static_cast<float>(past.run_s) > elapsed_s);
}

void values_of(const PastJob& past, std::size_t k, ModelInput& in) {
  const Target said = target_of(past);
  for (std::size_t r = 0; r < kResources; ++r) {
    in.known[k * kResources + r] = said.known[r] == kUnknown ? 0 : 1;
    in.values[k * kResources + r] = std::min(said.value[r], in.bound[r]);
  }
  // As the kernel has it: what used up its limit stands for "all of the limit".
  if (used_up_limit(past) && in.bound[0] < kNoBound) in.values[k * kResources] = in.bound[0];
}

/// How much of the kernel's weight says about the same run time as each candidate: what the kernel's own
/// point prediction maximises. Also turns the weights into logarithms.
void density(ModelInput& in, const std::array<float, kPointed>& weights) {
  const std::size_t n = in.candidates;
  std::array<float, kPointed> runs, inverse;  // NOLINT(cppcoreguidelines-pro-type-member-init): n are set
  float total = 0;
  for (std::size_t k = 0; k < n; ++k) {
    runs[k] = fast_exp(in.values[k * kResources]);
    inverse[k] = 1 / runs[k];
    total += weights[k];
  }
  for (std::size_t k = 0; k < n; ++k) {
    float alike = 0;
    for (std::size_t j = 0; j < n; ++j)
      alike += weights[j] * std::min(runs[k] * inverse[j], runs[j] * inverse[k]);
    Row row{&in.pairs[k * kPairFeatures]};
    row[F::density] = alike / total;
    row[F::kernel_log_weight] = std::max(fast_log(weights[k] / total), -20.0F) / 4;
  }
}

}  // namespace

void compute_pair_features(const JobMoment& moment, float elapsed_s, ModelInput& in) {
  constexpr float kRankDecay = 1.0F / 25;  // as in the kernel
  const Chosen chosen = choose(moment.job, moment.candidates);
  in.candidates = static_cast<std::uint32_t>(chosen.size);
  std::array<float, kPointed> weights;  // NOLINT(cppcoreguidelines-pro-type-member-init): size are set
  for (std::size_t k = 0; k < chosen.size; ++k) {
    const PastJob& past = moment.candidates.jobs[chosen.index[k]];
    Row row{&in.pairs[k * kPairFeatures]};
    const auto rank = static_cast<float>(chosen.index[k]);
    row[F::rank] = rank / kPointed;
    weights[k] = kernel_weight(moment.job, past) * fast_exp(-rank * kRankDecay);
    likeness(moment.job, past, row);
    outcome(moment, past, elapsed_s, row);
    values_of(past, k, in);
  }
  density(in, weights);
}

}  // namespace foreshape
