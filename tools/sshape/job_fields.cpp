// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/job_fields.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

#include "tools/cli/state_names.h"

namespace foreshape {
namespace {

using Figure = std::optional<std::int64_t>;
using Size = std::optional<Unit>;

std::string count(Figure n) { return n ? fmt::format("{}", *n) : ""; }
std::string time(Figure seconds) { return seconds ? elapsed_text(*seconds) : ""; }
std::string rough_time(Figure seconds) { return seconds ? rough_elapsed_text(*seconds) : ""; }
std::string size(Figure bytes, Size unit) { return bytes ? exact_size_text(*bytes, unit) : ""; }
std::string rough_size(Figure bytes, Size unit) { return bytes ? rough_size_text(*bytes, unit) : ""; }
std::string percent(std::optional<double> fraction) { return fraction ? percent_text(*fraction) : ""; }

std::optional<double> share_of(Figure used, Figure requested) {
  if (!used || !requested || *requested <= 0) return std::nullopt;
  return static_cast<double>(*used) / static_cast<double>(*requested);
}

std::optional<double> typical(const ReportedJob& job, Resource resource) {
  const Forecast& forecast = job.prediction.of(resource);
  if (!forecast.known()) return std::nullopt;
  return forecast.typical;
}

Figure rounded(std::optional<double> value) {
  if (!value) return std::nullopt;
  return std::llround(*value);
}

Figure predicted(const ReportedJob& job, Resource resource) { return rounded(typical(job, resource)); }

Figure at_level(const ReportedJob& job, Resource resource, float level) {
  const Forecast& forecast = job.prediction.of(resource);
  if (!forecast.known()) return std::nullopt;
  return rounded(forecast.quantile(level));
}

/// sacct says 00:00:00 for a job that never ran, so do we.
Figure elapsed(const ReportedJob& job) { return job.run_s.value_or(0); }

/// "4G" for a job of one node, where it is also sacct's figure; "4Gn" (per node, sacct's old notation) for
/// more.
std::string requested_memory(const ReportedJob& job, Size unit) {
  if (!job.requested_memory_bytes) return "";
  const bool many = job.requested_nodes.value_or(1) > 1;
  return exact_size_text(*job.requested_memory_bytes, unit) + (many ? "n" : "");
}

struct Field {
  const char* name;
  int width;
  std::string (*text)(const ReportedJob&, Size);
};

// Names in front of others with the same beginning are what an abbreviation means: "job" is JobID.
constexpr auto kFields = std::to_array<Field>({
    {"JobID", -12, [](const ReportedJob& j, Size) { return j.job_id_text; }},
    {"JobIDRaw", -12, [](const ReportedJob& j, Size) { return count(j.job_id); }},
    {"JobName", 10, [](const ReportedJob& j, Size) { return j.name; }},
    {"User", 9, [](const ReportedJob& j, Size) { return j.user; }},
    {"UID", 6, [](const ReportedJob& j, Size) { return count(j.uid); }},
    {"Account", 10, [](const ReportedJob& j, Size) { return j.account; }},
    {"Partition", 10, [](const ReportedJob& j, Size) { return j.partition; }},
    {"QOS", 10, [](const ReportedJob& j, Size) { return j.qos; }},
    {"Cluster", 10, [](const ReportedJob& j, Size) { return j.cluster; }},
    {"State", 10, [](const ReportedJob& j, Size) { return j.state; }},
    {"ST", 3, [](const ReportedJob& j, Size) { return std::string(state_letters(j.state)); }},
    {"Submit", 19, [](const ReportedJob& j, Size) { return timestamp_text(j.submit_s); }},
    {"Start", 19, [](const ReportedJob& j, Size) { return timestamp_text(j.start_s); }},
    {"End", 19, [](const ReportedJob& j, Size) { return timestamp_text(j.end_s); }},
    {"Wait", 10, [](const ReportedJob& j, Size) { return time(waited(j)); }},
    {"ReqTime", 10, [](const ReportedJob& j, Size) { return time(j.requested_limit_s); }},
    {"Timelimit", 10, [](const ReportedJob& j, Size) { return time(j.requested_limit_s); }},
    {"PredTime", 10, [](const ReportedJob& j, Size) { return rough_time(predicted(j, Resource::run_time)); }},
    {"PredTime50", 10,
     [](const ReportedJob& j, Size) { return rough_time(at_level(j, Resource::run_time, .5F)); }},
    {"PredTime95", 10,
     [](const ReportedJob& j, Size) { return rough_time(at_level(j, Resource::run_time, .95F)); }},
    {"PlanTime", 10, [](const ReportedJob& j, Size) { return rough_time(j.planned_run_s); }},
    {"Elapsed", 10, [](const ReportedJob& j, Size) { return time(elapsed(j)); }},
    {"ElapsedRaw", 10, [](const ReportedJob& j, Size) { return count(elapsed(j)); }},
    {"TimeEff", 7, [](const ReportedJob& j, Size) { return percent(time_efficiency(j)); }},
    {"TimeFit", 7,
     [](const ReportedJob& j, Size) { return percent(fit(typical(j, Resource::run_time), j.run_s)); }},
    {"ReqMem", 10, requested_memory},
    {"PredMem", 10,
     [](const ReportedJob& j, Size u) { return rough_size(predicted(j, Resource::peak_memory), u); }},
    {"PredMem50", 10,
     [](const ReportedJob& j, Size u) { return rough_size(at_level(j, Resource::peak_memory, .5F), u); }},
    {"PredMem99", 10,
     [](const ReportedJob& j, Size u) { return rough_size(at_level(j, Resource::peak_memory, .99F), u); }},
    {"PlanMem", 10, [](const ReportedJob& j, Size u) { return rough_size(j.planned_memory_bytes, u); }},
    {"MaxRSS", 10, [](const ReportedJob& j, Size u) { return size(j.peak_memory_bytes, u); }},
    {"MemEff", 6, [](const ReportedJob& j, Size) { return percent(memory_efficiency(j)); }},
    {"MemFit", 6,
     [](const ReportedJob& j,
        Size) { return percent(fit(typical(j, Resource::peak_memory), j.peak_memory_bytes)); }},
    {"ReqCPUS", 8, [](const ReportedJob& j, Size) { return count(j.requested_cpus); }},
    {"ReqNodes", 8, [](const ReportedJob& j, Size) { return count(j.requested_nodes); }},
    {"ReqGPUS", 8, [](const ReportedJob& j, Size) { return count(j.requested_gpus); }},
    // 0 of a job that never started, as sacct 24.11 has it; sacct 22.05 repeats what was requested.
    {"AllocCPUS", 10, [](const ReportedJob& j, Size) { return count(j.allocated_cpus.value_or(0)); }},
    {"AllocNodes", 10, [](const ReportedJob& j, Size) { return count(j.allocated_nodes); }},
    {"CPUEff", 6, [](const ReportedJob& j, Size) { return percent(j.cpu_efficiency); }},
    {"PredCPUEff", 10,
     [](const ReportedJob& j, Size) { return percent(typical(j, Resource::cpu_efficiency)); }},
    {"DiskRead", 9, [](const ReportedJob& j, Size u) { return rough_size(j.read_bytes, u); }},
    {"PredRead", 9, [](const ReportedJob& j, Size u) { return rough_size(predicted(j, Resource::read), u); }},
    {"DiskWrite", 9, [](const ReportedJob& j, Size u) { return rough_size(j.written_bytes, u); }},
    {"PredWrite", 9,
     [](const ReportedJob& j, Size u) { return rough_size(predicted(j, Resource::written), u); }},
    {"TimeMode", 8, [](const ReportedJob& j, Size) { return j.run_time_mode; }},
    {"MemMode", 8, [](const ReportedJob& j, Size) { return j.memory_mode; }},
    {"OrderOffset", 11,
     [](const ReportedJob& j, Size) { return j.order_offset_s ? offset_text(*j.order_offset_s) : ""; }},
    {"Evidence", 8, [](const ReportedJob& j, Size) { return j.evidence; }},
    {"Model", 16,
     [](const ReportedJob& j, Size) { return j.was_predicted ? model_text(j.prediction.model) : ""; }},
    {"Jobs", 5,
     [](const ReportedJob& j,
        Size) { return j.was_predicted ? count(j.prediction.of(Resource::run_time).jobs) : ""; }},
    {"Restarts", 8, [](const ReportedJob& j, Size) { return count(j.requeues); }},
});

}  // namespace

std::span<const FieldName> job_field_names() {
  static constexpr auto kNames = names_of(kFields);
  return kNames;
}

std::vector<std::string> job_texts(const std::vector<Column>& columns, const ReportedJob& job,
                                   std::optional<Unit> unit) {
  return texts_of(kFields, columns, job, unit);
}

std::optional<std::int64_t> waited(const ReportedJob& job) {
  if (job.start_s == 0) return std::nullopt;
  return job.start_s - job.submit_s;
}

std::optional<double> time_efficiency(const ReportedJob& job) {
  return job.start_s == 0 ? std::nullopt : share_of(job.run_s, job.requested_limit_s);
}

std::optional<double> memory_efficiency(const ReportedJob& job) {
  return share_of(job.peak_memory_bytes, job.requested_memory_bytes);
}

std::optional<double> fit(std::optional<double> predicted, std::optional<std::int64_t> used) {
  if (!predicted || !used || *predicted <= 0 || *used <= 0) return std::nullopt;
  const auto u = static_cast<double>(*used);
  return std::min(*predicted, u) / std::max(*predicted, u);
}

}  // namespace foreshape
