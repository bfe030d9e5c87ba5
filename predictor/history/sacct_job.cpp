#include "predictor/history/sacct_job.h"

#include <algorithm>

namespace foreshape {
namespace {

constexpr std::int64_t kMost = std::int64_t{1} << 60;  // a sum beyond an exbibyte is a broken line

void raise(std::optional<std::int64_t>& highest, std::int64_t value) {
  highest = std::max(highest.value_or(0), std::min(value, kMost));
}

void increase(std::optional<std::int64_t>& sum, std::int64_t value) {
  sum = std::min(sum.value_or(0) + std::min(value, kMost), kMost);
}

bool was_put_back(JobState state) {
  return state == JobState::requeued || state == JobState::preempted || state == JobState::node_fail ||
         state == JobState::boot_fail;
}

}  // namespace

void SacctJob::Sums::add(const SacctStep& step) {
  const std::int64_t memory = step.task_memory_bytes.value_or(0);
  const bool sampled = memory > 0 || step.read_bytes.value_or(0) > 0 || step.written_bytes.value_or(0) > 0;
  if (!sampled) return;
  const std::int64_t tasks = std::clamp<std::int64_t>(step.tasks, 1, 1 << 24);
  const std::int64_t nodes = std::clamp<std::int64_t>(step.nodes, 1, tasks);
  if (memory > 0) raise(peak_bytes, std::min(memory, kMost / tasks) * ((tasks + nodes - 1) / nodes));
  if (step.read_bytes) increase(read_bytes, *step.read_bytes);
  if (step.written_bytes) increase(written_bytes, *step.written_bytes);
}

void SacctJob::add(const SacctStep& step) {
  has_step_ = true;
  has_batch_ |= step.is_batch;
  has_inner_step_ |= !step.is_extern;
  out_of_memory_step_ |= step.state == JobState::out_of_memory;
  cancelled_step_ |= step.state == JobState::cancelled && !step.is_extern;
  cpu_ms_ = std::min(cpu_ms_ + std::min(step.cpu_ms.value_or(0), kMost), kMost);
  (step.is_extern ? outer_ : inner_).add(step);
}

bool SacctJob::is_other_run(const JobRecord& other) const {
  if (record_.job_id != other.job_id || record_.request.uid != other.request.uid ||
      record_.cluster != other.cluster)
    return false;
  if (record_.token != 0 && other.token != 0) return record_.token == other.token;
  // Without a token: ids start over one day, so a run counts as the same job only if it was cut off.
  const JobRecord& earlier = record_.request.submit_s < other.request.submit_s ? record_ : other;
  return record_.name == other.name && was_put_back(earlier.usage.state);
}

void SacctJob::recognise_memory_kill() {
  JobUsage& used = record_.usage;
  if (used.state != JobState::failed) return;
  // JobAcctGatherParams=OverMemoryKill cancels the step and lets the job fail: only its size tells.
  constexpr double kNearLimit = 0.98;  // the last sample may be a little older than the kill
  const bool at_limit = used.peak_memory_bytes && record_.request.memory_per_node_bytes &&
                        static_cast<double>(*used.peak_memory_bytes) >=
                            kNearLimit * static_cast<double>(*record_.request.memory_per_node_bytes);
  if (out_of_memory_step_ || (cancelled_step_ && at_limit)) used.state = JobState::out_of_memory;
}

JobRecord SacctJob::finish() && {
  JobUsage& used = record_.usage;
  const Sums& sums = has_inner_step_ ? inner_ : outer_;
  used.peak_memory_bytes = sums.peak_bytes;
  used.read_bytes = sums.read_bytes;
  used.written_bytes = sums.written_bytes;
  const std::optional<std::int64_t> cpu_ms = has_step_                     ? cpu_ms_
                                             : own_cpu_ms_.value_or(0) > 0 ? own_cpu_ms_
                                                                           : std::nullopt;
  if (cpu_ms && used.run_s > 0 && record_.allocated_cpus > 0)
    used.cpu_efficiency = static_cast<float>(static_cast<double>(*cpu_ms) / 1e3 /
                                             (static_cast<double>(used.run_s) * record_.allocated_cpus));
  if (!has_submit_line_ && has_inner_step_) record_.request.interactive = !has_batch_;
  recognise_memory_kill();
  return std::move(record_);
}

}  // namespace foreshape
