#include "predictor/history/torque_table.h"

#include <algorithm>

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
  kAskedVmem,
  kAskedMem,
  kRun,
  kCpuTime,
  kUsedMem
};

const std::vector<std::string_view>& columns() {
  static const std::vector<std::string_view> names = {
      "job_id",      "user_id",    "group_id",        "jobname",     "queue",      "submit_epoch",
      "start_epoch", "end_epoch",  "exit_status",     "nodes",       "slots",      "req_walltime_s",
      "req_vmem_kb", "req_mem_kb", "used_walltime_s", "used_cput_s", "used_mem_kb"};
  return names;
}

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

}  // namespace

Result<TorqueTable> TorqueTable::open(const std::string& path, TableFile::OnBad on_bad) {
  auto table = TableFile::open(path, '\t', columns(), std::move(on_bad));
  if (!table) return tl::make_unexpected(table.error());
  return TorqueTable{std::move(*table)};
}

JobRecord TorqueTable::read_row() {
  JobRecord job;
  job.job_id = static_cast<JobId>(table_.leading(kJob, '[', kMaxId).value_or(0));
  job.job_id_text = table_.text(kJob);
  job.user = table_.text(kUser);
  job.account = table_.text(kGroup);
  job.name = table_.text(kName);
  job.partition = table_.text(kQueue);
  const std::int64_t nodes = std::max<std::int64_t>(1, table_.whole(kNodes, 0, kMaxCount).value_or(1));
  const std::int64_t slots = table_.needed(kSlots, 1, kMaxCount);
  job.allocated_nodes = static_cast<std::uint32_t>(nodes);
  job.allocated_cpus = static_cast<std::uint32_t>(slots);

  JobRequest& asked = job.request;
  asked.submit_s = table_.needed(kSubmit, 0, kMaxTime);
  asked.uid = static_cast<UserId>(table_.needed(kUser, 0, kMaxId));
  asked.account = text_hash(job.account);
  asked.partition = text_hash(job.partition);
  asked.name = folded_name_hash(job.name);
  asked.nodes = static_cast<std::uint32_t>(nodes);
  asked.cpus = static_cast<std::uint32_t>(slots);
  if (const auto limit = table_.whole(kLimit, 0, kMaxSeconds); limit && *limit > 0) asked.limit_s = *limit;
  asked.memory_per_node_bytes = on_a_node(table_.whole(kAskedMem, 0, kMaxKiB), nodes);
  if (!asked.memory_per_node_bytes)
    asked.memory_per_node_bytes = on_a_node(table_.whole(kAskedVmem, 0, kMaxKiB), nodes);
  read_usage(job, nodes);
  return job;
}

void TorqueTable::read_usage(JobRecord& job, std::int64_t nodes) {
  JobUsage& used = job.usage;
  used.start_s = table_.needed(kStart, 0, kMaxTime);
  used.end_s = table_.needed(kEnd, 0, kMaxTime);
  used.run_s = table_.needed(kRun, 0, kMaxSeconds);
  const auto status = table_.needed(kExit, -(1 << 20), 1 << 20);
  used.state = JobState::failed;
  if (status == 0) used.state = JobState::completed;
  if (status == kDeleted) used.state = JobState::cancelled;
  used.peak_memory_bytes = on_a_node(table_.whole(kUsedMem, 0, kMaxKiB), nodes);
  const auto cpu_time = table_.number(kCpuTime);
  const double core_seconds = static_cast<double>(used.run_s) * job.allocated_cpus;
  if (cpu_time && core_seconds > 0) used.cpu_efficiency = static_cast<float>(*cpu_time / core_seconds);
}

Result<std::optional<JobRecord>> TorqueTable::next() {
  return table_.next_good([this] { return read_row(); });
}

}  // namespace foreshape
