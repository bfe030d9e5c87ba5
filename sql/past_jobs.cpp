#include "sql/past_jobs.h"

#include <fmt/format.h>
#include <string_view>

#include "predictor/base/text.h"
#include "sql/job_store.h"

namespace foreshape {
namespace {

constexpr std::string_view kColumns = R"sql(
SELECT j.job_id, j.uid, extract(epoch FROM j.submit_time)::bigint, extract(epoch FROM j.start_time)::bigint,
  extract(epoch FROM j.end_time)::bigint, j.state, j.run_s, j.peak_memory_bytes, j.cpu_efficiency, j.read_bytes,
  j.written_bytes, j.account, j.partition, j.qos, j.job_name, j.folder,
  CASE WHEN seen THEN s.asked_nodes ELSE j.asked_nodes END, CASE WHEN seen THEN s.asked_cpus ELSE j.asked_cpus END, CASE WHEN seen THEN s.asked_tasks ELSE j.asked_tasks END,
  CASE WHEN seen THEN s.asked_gpus ELSE j.asked_gpus END, CASE WHEN seen THEN s.asked_memory_bytes ELSE j.asked_memory_bytes END,
  CASE WHEN seen THEN s.asked_limit_s ELSE j.asked_limit_s END, CASE WHEN seen THEN s.array_tasks ELSE j.array_tasks END,
  CASE WHEN seen THEN s.interactive ELSE j.interactive END, s.partition_hash, s.qos_hash, s.name_hash, s.script_hash, s.folder_hash,
  CASE WHEN seen THEN s.has_dependency ELSE j.has_dependency END, s.gres_hash, s.licences_hash, s.burst_buffer_hash
)sql";

constexpr std::string_view kAndSubmission = R"sql(
LEFT JOIN foreshape.submission s ON s.cluster = j.cluster AND s.token = j.token
CROSS JOIN LATERAL (SELECT s.token IS NOT NULL AS seen) k
)sql";

// For each user and account an index scan from the newest end backwards (index job_finished), so the cost
// follows the number of users, not of jobs.
constexpr std::string_view kNewestJobs = R"sql(
FROM (SELECT DISTINCT cluster, uid, account FROM foreshape.person WHERE cluster = $1) p
CROSS JOIN LATERAL (
  SELECT * FROM foreshape.job
  WHERE cluster = p.cluster AND uid = p.uid AND account = p.account AND end_time IS NOT NULL
    AND state NOT IN ('UNKNOWN', 'PENDING', 'RUNNING')
  ORDER BY end_time DESC LIMIT $2::bigint) j
)sql";

constexpr std::string_view kSubmittedBetween = R"sql(
WHERE j.cluster = $1 AND j.submit_time >= to_timestamp($2::bigint) AND j.submit_time < to_timestamp($3::bigint)
  AND j.state <> 'UNKNOWN'
ORDER BY j.submit_time, j.job_id
)sql";

// In the order of the SELECT.
// clang-format off
enum Column : std::size_t {
  kJobId, kUid, kSubmit, kStart, kEnd, kState, kRun, kPeakMemory, kCpuEfficiency, kRead, kWritten, kAccount, kPartition,
  kQos, kName, kFolder, kNodes, kCpus, kTasks, kGpus, kMemory, kLimit, kArrayTasks, kInteractive, kPartitionHash, kQosHash,
  kNameHash, kScriptHash, kFolderHash, kHasDependency, kGresHash, kLicencesHash, kBurstBufferHash
};
// clang-format on

std::optional<std::uint32_t> count(const PgRows& row, Column column) {
  const auto value = row.integer(0, column);
  if (!value) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

JobRequest request_of(const PgRows& row) {
  JobRequest asked;
  asked.submit_s = row.integer(0, kSubmit).value_or(0);
  asked.uid = count(row, kUid).value_or(0);
  // Accounting knows the account that Slurm chose where the user named none; the next job is compared with
  // the rest as the plugin saw it, so those are the plugin's where it was there.
  asked.account = text_hash(row.text(0, kAccount));
  asked.partition = count(row, kPartitionHash).value_or(text_hash(row.text(0, kPartition)));
  asked.qos = count(row, kQosHash).value_or(text_hash(row.text(0, kQos)));
  asked.name = count(row, kNameHash).value_or(folded_name_hash(row.text(0, kName)));
  asked.script = count(row, kScriptHash).value_or(0);
  asked.folder = count(row, kFolderHash).value_or(text_hash(row.text(0, kFolder)));
  asked.nodes = count(row, kNodes);
  asked.cpus = count(row, kCpus);
  asked.tasks = count(row, kTasks);
  asked.gpus = count(row, kGpus);
  asked.memory_per_node_bytes = row.integer(0, kMemory);
  asked.limit_s = row.integer(0, kLimit);
  asked.array_tasks = count(row, kArrayTasks).value_or(0);
  asked.interactive = row.boolean(0, kInteractive);
  asked.has_dependency = row.boolean(0, kHasDependency);
  asked.gres = count(row, kGresHash).value_or(0);
  asked.licences = count(row, kLicencesHash).value_or(0);
  asked.burst_buffer = count(row, kBurstBufferHash).value_or(0);
  return asked;
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
  const std::string sql = fmt::format("{}{}{}", kColumns, kNewestJobs, kAndSubmission);
  return db.stream(sql.c_str(), params, [&](const PgRows& row) {
    job(past_job(count(row, kJobId).value_or(0), request_of(row), usage_of(row)));
    return true;
  });
}

Result<void> for_each_submitted_job(Pg& db, const std::string& cluster, UnixSeconds from_s, UnixSeconds to_s,
                                    const std::function<bool(const JobRequest&, const JobUsage&)>& job) {
  const PgParam params[] = {harmless(cluster), pg(from_s), pg(to_s)};
  const std::string sql =
      fmt::format("{} FROM foreshape.job j {} {}", kColumns, kAndSubmission, kSubmittedBetween);
  return db.stream(sql.c_str(), params,
                   [&](const PgRows& row) { return job(request_of(row), usage_of(row)); });
}

}  // namespace foreshape
