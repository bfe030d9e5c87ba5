// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/past_jobs.h"

#include "predictor/base/text.h"
#include "sql/job_store.h"
#include "sql/queries.h"

namespace foreshape {
namespace {

// In the order of queries/part_past_job_columns.sql.
// clang-format off
enum Column : std::size_t {
  kJobId, kUid, kSubmit, kStart, kEnd, kState, kRun, kPeakMemory, kCpuEfficiency, kRead, kWritten, kAccount, kPartition,
  kQos, kName, kWorkDir, kNodes, kCpus, kTasks, kGpus, kMemory, kLimit, kArrayTasks, kInteractive, kPartitionHash, kQosHash,
  kNameHash, kScriptHash, kWorkDirHash, kHasDependency, kGresHash, kLicensesHash, kBurstBufferHash,
  // Of submitted_jobs alone.
  kUserName, kAllocatedNodes, kAllocatedCpus
};
// clang-format on

std::optional<std::uint32_t> count(const PgRows& row, Column column) {
  const auto value = row.integer(0, column);
  if (!value) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

JobRequest request_of(const PgRows& row) {
  JobRequest requested;
  requested.submit_s = row.integer(0, kSubmit).value_or(0);
  requested.uid = count(row, kUid).value_or(0);
  // Accounting knows the account that Slurm chose where the user named none; the next job is compared with
  // the rest as the plugin saw it, so those are the plugin's where it was there.
  requested.account = text_hash(row.text(0, kAccount));
  requested.partition = count(row, kPartitionHash).value_or(text_hash(row.text(0, kPartition)));
  requested.qos = count(row, kQosHash).value_or(text_hash(row.text(0, kQos)));
  requested.name = count(row, kNameHash).value_or(folded_name_hash(row.text(0, kName)));
  requested.script = count(row, kScriptHash).value_or(0);
  requested.work_dir = count(row, kWorkDirHash).value_or(text_hash(row.text(0, kWorkDir)));
  requested.nodes = count(row, kNodes);
  requested.cpus = count(row, kCpus);
  requested.tasks = count(row, kTasks);
  requested.gpus = count(row, kGpus);
  requested.memory_per_node_bytes = row.integer(0, kMemory);
  requested.limit_s = row.integer(0, kLimit);
  requested.array_tasks = count(row, kArrayTasks).value_or(0);
  requested.interactive = row.boolean(0, kInteractive);
  requested.has_dependency = row.boolean(0, kHasDependency);
  requested.gres = count(row, kGresHash).value_or(0);
  requested.licenses = count(row, kLicensesHash).value_or(0);
  requested.burst_buffer = count(row, kBurstBufferHash).value_or(0);
  return requested;
}

JobUsage usage_of(const PgRows& row) {
  JobUsage used;
  used.start_s = row.integer(0, kStart).value_or(0);
  used.end_s = row.integer(0, kEnd).value_or(0);
  used.state = state_of(row.text(0, kState));
  used.run_s = row.integer(0, kRun).value_or(0);
  used.peak_memory_bytes = row.integer(0, kPeakMemory);
  if (const auto share = row.real(0, kCpuEfficiency)) used.cpu_efficiency = static_cast<float>(*share);
  used.read_bytes = row.integer(0, kRead);
  used.written_bytes = row.integer(0, kWritten);
  return used;
}

}  // namespace

Result<void> for_each_past_job(Pg& db, const std::string& cluster, std::int64_t newest,
                               const std::function<void(const PastJob&)>& job) {
  const PgParam params[] = {harmless(cluster), pg(newest)};
  return db.stream(kNewestJobsSql, params, [&](const PgRows& row) {
    job(past_job(count(row, kJobId).value_or(0), request_of(row), usage_of(row)));
    return true;
  });
}

Result<void> for_each_submitted_job(Pg& db, const std::string& cluster, UnixSeconds from_s, UnixSeconds to_s,
                                    const std::function<bool(const JobRequest&, const JobUsage&)>& job) {
  const PgParam params[] = {harmless(cluster), pg(from_s), pg(to_s)};
  return db.stream(kSubmittedJobsSql, params,
                   [&](const PgRows& row) { return job(request_of(row), usage_of(row)); });
}

Result<void> for_each_submitted_record(Pg& db, const std::string& cluster, UnixSeconds from_s,
                                       UnixSeconds to_s, const std::function<bool(const JobRecord&)>& job) {
  const PgParam params[] = {harmless(cluster), pg(from_s), pg(to_s)};
  return db.stream(kSubmittedJobsSql, params, [&](const PgRows& row) {
    JobRecord record;
    record.job_id = count(row, kJobId).value_or(0);
    record.cluster = cluster;
    record.user = row.text(0, kUserName);
    record.partition = row.text(0, kPartition);
    record.allocated_nodes = count(row, kAllocatedNodes).value_or(0);
    record.allocated_cpus = count(row, kAllocatedCpus).value_or(0);
    record.request = request_of(row);
    record.usage = usage_of(row);
    return job(record);
  });
}

Result<std::uint64_t> count_ended_jobs(Pg& db, const std::string& cluster, UnixSeconds from_s,
                                       std::uint64_t most) {
  const PgParam params[] = {harmless(cluster), pg(from_s), pg(static_cast<std::int64_t>(most))};
  return db.query(kCountEndedJobsSql, params).map([](const PgRows& rows) {
    return static_cast<std::uint64_t>(rows.integer(0, 0).value_or(0));
  });
}

}  // namespace foreshape
