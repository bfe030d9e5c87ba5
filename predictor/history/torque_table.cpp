// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/history/torque_table.h"

#include <algorithm>

#include "predictor/history/cpu_time.h"

namespace foreshape {
namespace {

enum Column : std::size_t {
  kJob,
  kUser,
  kGroup,
  kName,
  kQueue,
  kSubmit,
  kStart,
  kEnd,
  kExit,
  kNodes,
  kSlots,
  kLimit,
  kRequestedVmem,
  kRequestedMem,
  kRun,
  kCpuTime,
  kUsedMem
};

constexpr std::int64_t kMaxId = UINT32_MAX - 1;
constexpr std::int64_t kMaxTime = 1LL << 40;
constexpr std::int64_t kMaxSeconds = 100LL * 366 * 86'400;
constexpr std::int64_t kMaxCount = 1 << 24;
constexpr std::int64_t kMaxKiB = 1LL << 42;
constexpr std::int64_t kDeleted = 271;

std::optional<std::int64_t> on_a_node(std::optional<std::int64_t> kib, std::int64_t nodes) {
  if (!kib || *kib == 0) return std::nullopt;
  return (*kib * 1'024 + nodes - 1) / nodes;
}

void read_usage(TableFile& table, JobRecord& job, std::int64_t nodes) {
  JobUsage& used = job.usage;
  used.start_s = table.whole(kStart, 0, kMaxTime).value_or(0);
  used.end_s = table.whole(kEnd, 0, kMaxTime).value_or(0);
  used.run_s = table.whole(kRun, 0, kMaxSeconds).value_or(0);
  const auto status = table.whole(kExit, -(1 << 20), 1 << 20);
  used.state = status ? JobState::failed : JobState::unknown;
  if (status == 0) used.state = JobState::completed;
  if (status == kDeleted) used.state = JobState::cancelled;
  used.peak_memory_bytes = on_a_node(table.whole(kUsedMem, 0, kMaxKiB), nodes);
  const auto cpu_time = table.number(kCpuTime);
  const double core_seconds = static_cast<double>(used.run_s) * job.allocated_cpus;
  if (!cpu_time || core_seconds <= 0) return;
  used.cpu_efficiency = possible_cpu_efficiency(*cpu_time / core_seconds, used.run_s);
  if (!used.cpu_efficiency) table.leave_out(kCpuTime, kImpossibleCpuTime);
}

}  // namespace

const std::vector<std::string_view>& TorqueFormat::columns() {
  static const std::vector<std::string_view> names = {
      "job_id",      "user_id",    "group_id",        "jobname",     "queue",      "submit_epoch",
      "start_epoch", "end_epoch",  "exit_status",     "nodes",       "slots",      "req_walltime_s",
      "req_vmem_kb", "req_mem_kb", "used_walltime_s", "used_cput_s", "used_mem_kb"};
  return names;
}

JobRecord TorqueFormat::read(TableFile& table) {
  JobRecord job;
  job.job_id = static_cast<JobId>(table.leading(kJob, '[', kMaxId).value_or(0));
  job.job_id_text = table.text(kJob);
  job.user = table.text(kUser);
  job.account = table.text(kGroup);
  job.name = table.text(kName);
  job.partition = table.text(kQueue);
  const std::int64_t nodes = std::max<std::int64_t>(1, table.whole(kNodes, 0, kMaxCount).value_or(1));
  const auto slots = table.whole(kSlots, 1, kMaxCount);
  job.allocated_nodes = static_cast<std::uint32_t>(nodes);
  job.allocated_cpus = static_cast<std::uint32_t>(slots.value_or(0));

  JobRequest& requested = job.request;
  requested.submit_s = table.needed(kSubmit, 0, kMaxTime);
  requested.uid = static_cast<UserId>(table.needed(kUser, 0, kMaxId));
  requested.account = text_hash(job.account);
  requested.partition = text_hash(job.partition);
  requested.name = folded_name_hash(job.name);
  requested.nodes = static_cast<std::uint32_t>(nodes);
  if (slots) requested.cpus = static_cast<std::uint32_t>(*slots);
  if (const auto limit = table.whole(kLimit, 0, kMaxSeconds); limit && *limit > 0) requested.limit_s = *limit;
  requested.memory_per_node_bytes = on_a_node(table.whole(kRequestedMem, 0, kMaxKiB), nodes);
  if (!requested.memory_per_node_bytes)
    requested.memory_per_node_bytes = on_a_node(table.whole(kRequestedVmem, 0, kMaxKiB), nodes);
  read_usage(table, job, nodes);
  return job;
}

}  // namespace foreshape
