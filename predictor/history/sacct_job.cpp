// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/history/sacct_job.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "predictor/history/cpu_time.h"
#include "predictor/history/requeue.h"

namespace foreshape {
namespace {

constexpr std::int64_t kMiB = 1 << 20;
constexpr std::int64_t kMax = std::int64_t{1} << 60;  // a sum beyond an exbibyte is a broken line

void raise(std::optional<std::int64_t>& highest, std::int64_t value) {
  highest = std::max(highest.value_or(0), std::min(value, kMax));
}

void increase(std::optional<std::int64_t>& sum, std::int64_t value) {
  sum = std::min(sum.value_or(0) + std::min(value, kMax), kMax);
}

/// Whether accounting's figure is so much of a mark's. A request per CPU is accounted for each CPU that the job
/// got, and these may be more than requested (whole cores).
bool is_figure(std::int64_t bytes, std::int64_t mib, std::uint32_t cpus) {
  if (mib <= 0) return false;
  if (cpus == 0) return bytes == mib * kMiB;
  return bytes >= mib * kMiB && bytes % (mib / cpus * kMiB) == 0;
}

}  // namespace

void SacctJob::Sums::add(const SacctStep& step) {
  const std::int64_t memory = step.task_memory_bytes.value_or(0);
  const bool sampled = memory > 0 || step.read_bytes.value_or(0) > 0 || step.written_bytes.value_or(0) > 0;
  if (!sampled) return;
  const std::int64_t tasks = std::clamp<std::int64_t>(step.tasks, 1, 1 << 24);
  const std::int64_t nodes = std::clamp<std::int64_t>(step.nodes, 1, tasks);
  if (memory > 0) raise(peak_bytes, std::min(memory, kMax / tasks) * ((tasks + nodes - 1) / nodes));
  if (step.read_bytes) increase(read_bytes, *step.read_bytes);
  if (step.written_bytes) increase(written_bytes, *step.written_bytes);
}

void SacctJob::add(const SacctStep& step) {
  has_step_ = true;
  has_batch_ |= step.is_batch;
  has_inner_step_ |= !step.is_extern;
  out_of_memory_step_ |= step.state == JobState::out_of_memory;
  cancelled_step_ |= step.state == JobState::cancelled && !step.is_extern;
  cpu_ms_ = std::min(cpu_ms_ + std::min(step.cpu_ms.value_or(0), kMax), kMax);
  (step.is_extern ? outer_ : inner_).add(step);
}

bool SacctJob::is_other_run(const JobRecord& other) const {
  if (record_.job_id != other.job_id) return false;  // nearly always: the rest is for requeued jobs
  if (is_requeued_run(record_, other) || is_requeued_run(other, record_)) return true;
  if (first_submit_s_ == record_.request.submit_s) return false;
  JobRecord first = record_;
  first.request.submit_s = first_submit_s_;
  return is_requeued_run(other, first);
}

void SacctJob::add_requeued_run(SacctJob earlier) {
  record_.requeues += earlier.record_.requeues + 1;
  first_submit_s_ = std::min(first_submit_s_, earlier.first_submit_s_);
  JobRecord run = std::move(earlier).finish();
  auto& runs = record_.requeued_runs;
  std::move(run.requeued_runs.begin(), run.requeued_runs.end(), std::back_inserter(runs));
  run.requeued_runs.clear();
  run.requeues = 0;
  runs.push_back(std::move(run));
}

bool SacctJob::was_killed_for_memory() const {
  const JobUsage& used = record_.usage;
  if (used.state == JobState::out_of_memory) return true;
  if (used.state != JobState::failed && used.state != JobState::requeued) return false;
  // JobAcctGatherParams=OverMemoryKill cancels the step and lets the job fail: only its size tells.
  constexpr double kNearLimit = 0.98;  // the last sample may be a little older than the kill
  const bool at_limit = used.peak_memory_bytes && record_.request.memory_per_node_bytes &&
                        static_cast<double>(*used.peak_memory_bytes) >=
                            kNearLimit * static_cast<double>(*record_.request.memory_per_node_bytes);
  return out_of_memory_step_ || (cancelled_step_ && at_limit);
}

/// Accounting has the memory that the job was given: what its user requested is in the mark, unless they have
/// changed it since.
void SacctJob::undo_shaping() {
  const auto& mark = record_.memory_mark;
  auto& memory = record_.request.memory_per_node_bytes;
  if (!mark || !memory) return;
  const bool is_ours =
      is_figure(*memory, mark->planned_mib, mark->cpus) || is_figure(*memory, mark->former_mib, mark->cpus);
  if (!is_ours) return;
  // What may be both, since more CPUs were allocated than requested, is counted as no saving.
  const bool is_whole = is_figure(*memory, mark->requested_mib, mark->cpus);
  record_.memory_is_shaped = record_.allocated_nodes > 0 && !is_whole;
  memory = mark->requested_mib * kMiB;
}

std::optional<double> SacctJob::cpu_efficiency() const {
  const std::optional<std::int64_t> cpu_ms = has_step_                     ? cpu_ms_
                                             : own_cpu_ms_.value_or(0) > 0 ? own_cpu_ms_
                                                                           : std::nullopt;
  if (!cpu_ms || record_.usage.run_s <= 0 || record_.allocated_cpus == 0) return std::nullopt;
  return static_cast<double>(*cpu_ms) / 1e3 /
         (static_cast<double>(record_.usage.run_s) * record_.allocated_cpus);
}

bool SacctJob::is_cpu_time_impossible() const {
  const auto efficiency = cpu_efficiency();
  return efficiency && !possible_cpu_efficiency(*efficiency, record_.usage.run_s);
}

JobRecord SacctJob::finish() && {
  JobUsage& used = record_.usage;
  const Sums& sums = has_inner_step_ ? inner_ : outer_;
  used.peak_memory_bytes = sums.peak_bytes;
  used.read_bytes = sums.read_bytes;
  used.written_bytes = sums.written_bytes;
  if (const auto efficiency = cpu_efficiency())
    used.cpu_efficiency = possible_cpu_efficiency(*efficiency, used.run_s);
  // Only the first component of a het job has the batch step; of a later one its own steps tell nothing.
  const auto component = record_.job_id_text.find('+');
  const bool steps_tell = component == std::string::npos || record_.job_id_text.substr(component) == "+0";
  if (!has_submit_line_ && has_inner_step_ && steps_tell) record_.request.interactive = !has_batch_;
  record_.ran_out_of_memory = was_killed_for_memory();
  if (record_.ran_out_of_memory && used.state == JobState::failed) used.state = JobState::out_of_memory;
  undo_shaping();
  record_.first_submit_s = first_submit_s_;
  return std::move(record_);
}

}  // namespace foreshape
