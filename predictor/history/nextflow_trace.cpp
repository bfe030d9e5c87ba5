// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/history/nextflow_trace.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "predictor/history/cpu_time.h"
#include "predictor/history/slurm_time.h"
#include "predictor/history/swf.h"

namespace foreshape {
namespace {

enum Column : std::size_t {
  kTask,
  kStatus,
  kSubmit,
  kProcess,
  kName,
  kCpus,
  kTime,
  kMemory,
  kStart,
  kComplete,
  kRealtime,
  kCpuShare,
  kPeakRss,
  kReadBytes,
  kWriteBytes,
  kDuration
};

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

/// Without columns for them, which Nextflow's own choice of columns has not: the end is the submission and the duration,
/// the start as long before as the task ran.
void read_times(TableFile& table, JobUsage& used) {
  const std::int64_t submit_ms = table.whole(kSubmit, 0, kMaxTimeMs).value_or(0);
  const auto run_ms = table.whole(kRealtime, 0, kMaxSpanMs), spent_ms = table.whole(kDuration, 0, kMaxSpanMs);
  auto start_ms = table.whole(kStart, 0, kMaxTimeMs), end_ms = table.whole(kComplete, 0, kMaxTimeMs);
  if (!end_ms && spent_ms) end_ms = submit_ms + *spent_ms;
  if (!start_ms && end_ms && run_ms) start_ms = std::max(submit_ms, *end_ms - *run_ms);
  used.start_s = start_ms.value_or(0) / 1'000;
  used.end_s = end_ms.value_or(0) / 1'000;
  used.run_s = (run_ms.value_or(0) + 999) / 1'000;
}

void read_usage(TableFile& table, JobRecord& job) {
  JobUsage& used = job.usage;
  read_times(table, used);
  used.state = state_of(table.text(kStatus));
  used.peak_memory_bytes = positive(table.whole(kPeakRss));
  used.read_bytes = table.whole(kReadBytes);
  used.written_bytes = table.whole(kWriteBytes);
  const auto share = table.number(kCpuShare);
  if (!share || job.allocated_cpus == 0) return;
  used.cpu_efficiency = possible_cpu_efficiency(*share / 100 / job.allocated_cpus, used.run_s);
  if (!used.cpu_efficiency) table.leave_out(kCpuShare, kImpossibleCpuTime);
}

/// What a number's unit is worth, in milliseconds, bytes or per cent.
std::optional<double> worth(std::string_view unit) {
  static constexpr std::pair<std::string_view, double> kUnits[] = {
      {"ms", 1},      {"s", 1e3},     {"m", 6e4},     {"h", 3.6e6},   {"d", 8.64e7},  {"%", 1},      {"B", 1},
      {"KB", 0x1p10}, {"MB", 0x1p20}, {"GB", 0x1p30}, {"TB", 0x1p40}, {"PB", 0x1p50}, {"EB", 0x1p60}};
  for (const auto& [name, value] : kUnits)
    if (unit == name) return value;
  return std::nullopt;
}

/// "2025-03-03 10:00:00.123"
std::optional<double> moment_ms(std::string_view text) {
  constexpr std::size_t kSecondsEnd = 19, kDateEnd = 10;
  if (text.size() < kSecondsEnd || text[kDateEnd] != ' ') return std::nullopt;
  std::string written{text.substr(0, kSecondsEnd)};
  written[kDateEnd] = 'T';
  const auto seconds = slurm_time_s(written, true);
  if (!seconds || !*seconds) return std::nullopt;
  const std::string_view fraction = text.substr(kSecondsEnd);
  if (fraction.find_first_not_of(".0123456789") != fraction.npos) return std::nullopt;
  return static_cast<double>(**seconds) * 1e3;
}

}  // namespace

std::optional<double> nextflow_number(std::string_view text) {
  if (const auto moment = moment_ms(text)) return moment;
  double sum = 0;
  while (!text.empty()) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789.,"), text.size());
    std::string figure{text.substr(0, digits)};
    std::replace(figure.begin(), figure.end(), ',', '.');  // as some languages write it
    double value = 0;
    const auto [end, error] = std::from_chars(figure.data(), figure.data() + figure.size(), value);
    if (error != std::errc{} || end != figure.data() + figure.size()) return std::nullopt;
    text.remove_prefix(digits);
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    const std::size_t letters = std::min(text.find_first_of(" 0123456789"), text.size());
    const auto unit = worth(text.substr(0, letters));
    if (!unit) return std::nullopt;
    sum += value * *unit;
    text.remove_prefix(letters);
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  }
  return sum;
}

const std::vector<std::string_view>& NextflowFormat::columns() {
  static const std::vector<std::string_view> names = {
      "task_id", "status",   "submit",   "process", "name",     "cpus",       "time",        "memory",
      "start",   "complete", "realtime", "%cpu",    "peak_rss", "read_bytes", "write_bytes", "duration"};
  return names;
}

JobRecord NextflowFormat::read(TableFile& table) {
  JobRecord job;
  table.read_units(nextflow_number);
  job.job_id = static_cast<JobId>(table.needed(kTask, 0, kMaxId));
  job.job_id_text = std::to_string(job.job_id);
  const std::string_view name = table.text(kName);
  job.name = table.text(kProcess).empty() ? name.substr(0, name.find(" (")) : table.text(kProcess);
  const auto cpus = table.whole(kCpus, 1, kMaxCpus);
  job.allocated_cpus = static_cast<std::uint32_t>(cpus.value_or(0));
  job.allocated_nodes = 1;

  JobRequest& requested = job.request;
  requested.submit_s = table.needed(kSubmit, 0, kMaxTimeMs) / 1'000;
  requested.uid = kUnknownUser;
  requested.name = folded_name_hash(job.name);
  requested.nodes = 1;
  if (cpus) requested.cpus = static_cast<std::uint32_t>(*cpus);
  if (const auto limit = table.whole(kTime, 0, kMaxSpanMs); limit && *limit >= 1'000)
    requested.limit_s = *limit / 1'000;
  requested.memory_per_node_bytes = positive(table.whole(kMemory));
  read_usage(table, job);
  return job;
}

}  // namespace foreshape
