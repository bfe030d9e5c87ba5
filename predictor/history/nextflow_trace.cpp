#include "predictor/history/nextflow_trace.h"

#include "predictor/history/swf.h"

namespace foreshape {
namespace {

enum Column : std::size_t {
  kTask,
  kProcess,
  kStatus,
  kCpus,
  kTime,
  kMemory,
  kSubmit,
  kStart,
  kComplete,
  kRealtime,
  kCpuShare,
  kPeakRss,
  kReadBytes,
  kWriteBytes
};

const std::vector<std::string_view>& columns() {
  static const std::vector<std::string_view> names = {
      "task_id", "process",  "status",   "cpus", "time",     "memory",     "submit",
      "start",   "complete", "realtime", "%cpu", "peak_rss", "read_bytes", "write_bytes"};
  return names;
}

constexpr std::int64_t kMaxId = UINT32_MAX - 1;
constexpr std::int64_t kMaxTimeMs = (1LL << 40) * 1'000;
constexpr std::int64_t kMaxSpanMs = 100LL * 366 * 86'400 * 1'000;
constexpr std::int64_t kMaxCpus = 1 << 20;

JobState state_of(std::string_view status) {
  if (status == "COMPLETED" || status == "CACHED") return JobState::completed;
  return status == "ABORTED" ? JobState::cancelled : JobState::failed;
}

std::optional<std::int64_t> positive(std::optional<std::int64_t> value) {
  return value && *value > 0 ? value : std::nullopt;
}

}  // namespace

Result<NextflowTrace> NextflowTrace::open(const std::string& path, TableFile::OnBad on_bad) {
  auto table = TableFile::open(path, ',', columns(), std::move(on_bad));
  if (!table) return tl::make_unexpected(table.error());
  return NextflowTrace{std::move(*table)};
}

JobRecord NextflowTrace::read_row() {
  JobRecord job;
  job.job_id = static_cast<JobId>(table_.needed(kTask, 0, kMaxId));
  job.job_id_text = std::to_string(job.job_id);
  job.name = table_.text(kProcess);
  const std::int64_t cpus = table_.needed(kCpus, 1, kMaxCpus);
  job.allocated_cpus = static_cast<std::uint32_t>(cpus);
  job.allocated_nodes = 1;

  JobRequest& asked = job.request;
  asked.submit_s = table_.needed(kSubmit, 0, kMaxTimeMs) / 1'000;
  asked.uid = kUnknownUser;
  asked.name = folded_name_hash(job.name);
  asked.nodes = 1;
  asked.cpus = static_cast<std::uint32_t>(cpus);
  if (const auto limit = table_.whole(kTime, 0, kMaxSpanMs); limit && *limit >= 1'000)
    asked.limit_s = *limit / 1'000;
  asked.memory_per_node_bytes = positive(table_.whole(kMemory));
  read_usage(job);
  return job;
}

void NextflowTrace::read_usage(JobRecord& job) {
  JobUsage& used = job.usage;
  used.start_s = table_.needed(kStart, 0, kMaxTimeMs) / 1'000;
  used.end_s = table_.needed(kComplete, 0, kMaxTimeMs) / 1'000;
  used.run_s = (table_.needed(kRealtime, 0, kMaxSpanMs) + 999) / 1'000;
  used.state = state_of(table_.text(kStatus));
  used.peak_memory_bytes = positive(table_.whole(kPeakRss));
  used.read_bytes = table_.whole(kReadBytes);
  used.written_bytes = table_.whole(kWriteBytes);
  if (const auto share = table_.number(kCpuShare))
    used.cpu_efficiency = static_cast<float>(*share / 100 / job.allocated_cpus);
}

Result<std::optional<JobRecord>> NextflowTrace::next() {
  return table_.next_good([this] { return read_row(); });
}

}  // namespace foreshape
