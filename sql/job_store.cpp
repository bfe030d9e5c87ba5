#include "sql/job_store.h"

#include <array>

namespace foreshape {
namespace {

constexpr std::array<std::string_view, 13> kStates = {
    "UNKNOWN",       "PENDING",   "RUNNING",   "COMPLETED", "FAILED",   "CANCELLED", "TIMEOUT",
    "OUT_OF_MEMORY", "NODE_FAIL", "PREEMPTED", "BOOT_FAIL", "DEADLINE", "REQUEUED"};

// Times are Unix seconds here: making text of them for COPY would cost more than the rest of the line.
constexpr const char* kMakeStage = R"sql(
CREATE TEMP TABLE IF NOT EXISTS job_stage (
  line bigint, cluster text, job_id bigint, job_id_text text, token bigint, submit_s bigint, start_s bigint, end_s bigint,
  state text, requeues integer, uid bigint, user_name text, account text, partition text, qos text, job_name text,
  folder text, asked_nodes bigint, asked_cpus bigint, asked_tasks bigint, asked_gpus bigint, asked_memory_bytes bigint,
  asked_limit_s bigint, array_tasks integer, interactive boolean, has_dependency boolean, allocated_nodes bigint,
  allocated_cpus bigint, run_s bigint, peak_memory_bytes bigint, cpu_efficiency real, read_bytes bigint,
  written_bytes bigint) ON COMMIT DELETE ROWS
)sql";

constexpr const char* kCopy = "COPY job_stage FROM STDIN";

// The same job twice in a batch: the later line, but an ended one before one that still runs.
constexpr const char* kDropRepeated = R"sql(
DELETE FROM job_stage s USING (
  SELECT line, row_number() OVER (PARTITION BY cluster, job_id, submit_s
                                  ORDER BY state IN ('UNKNOWN', 'PENDING', 'RUNNING'), line DESC) AS place
  FROM job_stage) p
WHERE p.line = s.line AND p.place > 1
)sql";

constexpr const char* kTokensOfOutcomes = R"sql(
UPDATE job_stage s SET token = o.token FROM foreshape.outcome o
WHERE s.token IS NULL AND o.cluster = s.cluster AND o.job_id = s.job_id AND o.submit_time = to_timestamp(s.submit_s)
)sql";

// A requeued job keeps its id and token and has a new submit time. Slurm tells the token only of runs that
// ended, so where one is missing, a run counts as an earlier one only if its state says that it was put back:
// after kill -9 slurmctld gives ids again that it gave already, and then a job that never ended in accounting
// is another job.

// sacct prints by submit time: runs of a job need not stand together. The last of a batch takes in those
// before it.
constexpr const char* kJoinRuns = R"sql(
WITH run AS (
  SELECT line, first_value(line) OVER w AS last_line,
         coalesce(token = first_value(token) OVER w, state IN ('REQUEUED', 'PREEMPTED', 'NODE_FAIL', 'BOOT_FAIL')) AS same
  FROM job_stage
  WINDOW w AS (PARTITION BY cluster, job_id, uid, job_name ORDER BY submit_s DESC)),
earlier AS (
  DELETE FROM job_stage s USING run r
  WHERE r.line = s.line AND r.line <> r.last_line AND r.same
    AND s.state IN ('UNKNOWN', 'PENDING', 'RUNNING', 'REQUEUED', 'PREEMPTED', 'NODE_FAIL', 'BOOT_FAIL')
  RETURNING r.last_line, s.requeues, s.cluster, s.job_id, s.submit_s),
gone AS (
  DELETE FROM foreshape.job j USING earlier e
  WHERE j.cluster = e.cluster AND j.job_id = e.job_id AND j.submit_time = to_timestamp(e.submit_s))
UPDATE job_stage s SET requeues = s.requeues + e.requeues
FROM (SELECT last_line, sum(requeues + 1)::integer AS requeues FROM earlier GROUP BY last_line) e WHERE e.last_line = s.line
)sql";

// Runs in the store that came before one of the batch: they go, and the run after them says that they were.
constexpr const char* kReplaceEarlierRuns = R"sql(
WITH earlier AS (
  DELETE FROM foreshape.job j USING job_stage s
  WHERE j.cluster = s.cluster AND j.job_id = s.job_id AND j.submit_time < to_timestamp(s.submit_s)
    AND j.uid = s.uid AND j.job_name = s.job_name
    AND j.state IN ('UNKNOWN', 'PENDING', 'RUNNING', 'REQUEUED', 'PREEMPTED', 'NODE_FAIL', 'BOOT_FAIL')
    AND coalesce(j.token = s.token, j.state IN ('REQUEUED', 'PREEMPTED', 'NODE_FAIL', 'BOOT_FAIL'))
  RETURNING s.line, j.requeues + 1 AS requeues)
UPDATE job_stage s SET requeues = greatest(s.requeues, e.requeues)
FROM (SELECT line, max(requeues) AS requeues FROM earlier GROUP BY line) e WHERE e.line = s.line
)sql";

// And the other way round: the later run is in the store already.
constexpr const char* kDropEarlierRuns = R"sql(
WITH later AS (
  DELETE FROM job_stage s USING foreshape.job j
  WHERE s.state IN ('REQUEUED', 'PREEMPTED', 'NODE_FAIL', 'BOOT_FAIL')
    AND j.cluster = s.cluster AND j.job_id = s.job_id AND j.submit_time > to_timestamp(s.submit_s)
    AND j.uid = s.uid AND j.job_name = s.job_name AND (j.token = s.token OR j.token IS NULL OR s.token IS NULL)
  RETURNING j.cluster, j.job_id, j.submit_time, s.requeues + 1 AS requeues, to_timestamp(s.submit_s) AS earlier_time),
gone AS (
  DELETE FROM foreshape.job j USING later l
  WHERE j.cluster = l.cluster AND j.job_id = l.job_id AND j.submit_time = l.earlier_time)
UPDATE foreshape.job j SET requeues = l.requeues FROM later l
WHERE j.cluster = l.cluster AND j.job_id = l.job_id AND j.submit_time = l.submit_time AND j.requeues < l.requeues
)sql";

constexpr const char* kPeople = R"sql(
INSERT INTO foreshape.person (cluster, uid, user_name, account)
SELECT DISTINCT cluster, uid, user_name, account FROM job_stage ON CONFLICT DO NOTHING
)sql";

// Sorted, so that two ingests at once take their locks in the same order.
constexpr const char* kUpsert = R"sql(
INSERT INTO foreshape.job AS j (cluster, job_id, job_id_text, token, submit_time, start_time, end_time, state, requeues,
  uid, user_name, account, partition, qos, job_name, folder, asked_nodes, asked_cpus, asked_tasks, asked_gpus,
  asked_memory_bytes, asked_limit_s, array_tasks, interactive, has_dependency, allocated_nodes, allocated_cpus, run_s,
  peak_memory_bytes, cpu_efficiency, read_bytes, written_bytes)
SELECT cluster, job_id, job_id_text, token, to_timestamp(submit_s), to_timestamp(start_s), to_timestamp(end_s), state,
  requeues, uid, user_name, account, partition, qos, job_name, folder, asked_nodes, asked_cpus, asked_tasks, asked_gpus,
  asked_memory_bytes, asked_limit_s, array_tasks, interactive, has_dependency, allocated_nodes, allocated_cpus, run_s,
  peak_memory_bytes, cpu_efficiency, read_bytes, written_bytes
FROM job_stage ORDER BY cluster, job_id, submit_s
ON CONFLICT (cluster, job_id, submit_time) DO UPDATE SET
  job_id_text = excluded.job_id_text, token = coalesce(excluded.token, j.token), start_time = excluded.start_time,
  end_time = excluded.end_time, state = excluded.state, requeues = greatest(excluded.requeues, j.requeues),
  uid = excluded.uid, user_name = excluded.user_name, account = excluded.account, partition = excluded.partition,
  qos = excluded.qos, job_name = excluded.job_name, folder = excluded.folder, asked_nodes = excluded.asked_nodes,
  asked_cpus = excluded.asked_cpus, asked_tasks = excluded.asked_tasks, asked_gpus = excluded.asked_gpus,
  asked_memory_bytes = excluded.asked_memory_bytes, asked_limit_s = excluded.asked_limit_s,
  array_tasks = excluded.array_tasks, interactive = excluded.interactive, has_dependency = excluded.has_dependency,
  allocated_nodes = excluded.allocated_nodes, allocated_cpus = excluded.allocated_cpus, run_s = excluded.run_s,
  peak_memory_bytes = coalesce(excluded.peak_memory_bytes, j.peak_memory_bytes),
  cpu_efficiency = coalesce(excluded.cpu_efficiency, j.cpu_efficiency),
  read_bytes = coalesce(excluded.read_bytes, j.read_bytes),
  written_bytes = coalesce(excluded.written_bytes, j.written_bytes)
WHERE NOT (excluded.state IN ('UNKNOWN', 'PENDING', 'RUNNING') AND j.state NOT IN ('UNKNOWN', 'PENDING', 'RUNNING'))
  AND (j.job_id_text, coalesce(excluded.token, j.token), j.start_time, j.end_time, j.state, j.requeues, j.uid,
       j.user_name, j.account, j.partition, j.qos, j.job_name, j.folder, j.asked_nodes, j.asked_cpus, j.asked_tasks,
       j.asked_gpus, j.asked_memory_bytes, j.asked_limit_s, j.array_tasks, j.interactive, j.has_dependency,
       j.allocated_nodes, j.allocated_cpus, j.run_s, j.peak_memory_bytes, j.cpu_efficiency, j.read_bytes,
       j.written_bytes)
      IS DISTINCT FROM
      (excluded.job_id_text, j.token, excluded.start_time, excluded.end_time, excluded.state,
       greatest(excluded.requeues, j.requeues), excluded.uid, excluded.user_name, excluded.account, excluded.partition,
       excluded.qos, excluded.job_name, excluded.folder, excluded.asked_nodes, excluded.asked_cpus,
       excluded.asked_tasks, excluded.asked_gpus, excluded.asked_memory_bytes, excluded.asked_limit_s,
       excluded.array_tasks, excluded.interactive, excluded.has_dependency, excluded.allocated_nodes,
       excluded.allocated_cpus, excluded.run_s, coalesce(excluded.peak_memory_bytes, j.peak_memory_bytes),
       coalesce(excluded.cpu_efficiency, j.cpu_efficiency), coalesce(excluded.read_bytes, j.read_bytes),
       coalesce(excluded.written_bytes, j.written_bytes))
)sql";

constexpr std::int64_t kIntegerMax = 2'147'483'647;  // the columns of counts are integers

std::int64_t count(std::uint32_t value) { return std::min<std::int64_t>(value, kIntegerMax); }

void maybe_count(CopyLines& lines, const std::optional<std::uint32_t>& value) {
  value ? lines.integer(count(*value)) : lines.null();
}

void maybe_time(CopyLines& lines, UnixSeconds time_s) { time_s > 0 ? lines.integer(time_s) : lines.null(); }

/// First second of the month of that moment, UTC.
std::int64_t month_of(UnixSeconds time_s) {
  using namespace std::chrono;
  const auto day = floor<days>(sys_seconds{seconds{time_s}});
  const year_month_day date{day};
  return sys_seconds{sys_days{date.year() / date.month() / 1}}.time_since_epoch().count();
}

/// Partitions are made before the transaction: making one locks the whole table for a moment.
Result<void> add_months(Pg& db, const JobBatch& batch) {
  std::vector<std::string> months;
  for (const auto month : batch.months()) months.push_back(std::to_string(month));
  const auto done = db.query("SELECT foreshape.add_month('job', to_timestamp(m)) FROM unnest($1::bigint[]) m",
                             {pg_array(months)});
  if (!done) return tl::make_unexpected(done.error());
  return {};
}

}  // namespace

std::string_view stored_state(JobState state) { return kStates[static_cast<std::size_t>(state)]; }

JobState state_of(std::string_view stored) {
  for (std::size_t i = 0; i < kStates.size(); ++i)
    if (kStates[i] == stored) return static_cast<JobState>(i);
  return JobState::unknown;
}

void JobBatch::add(const JobRecord& job) {
  const JobRequest& asked = job.request;
  const JobUsage& used = job.usage;
  lines_.integer(static_cast<std::int64_t>(jobs_++));
  lines_.text(job.cluster);
  lines_.integer(job.job_id);
  lines_.text(job.job_id_text.empty() ? std::to_string(job.job_id) : job.job_id_text);
  job.token != 0 ? lines_.integer(static_cast<std::int64_t>(job.token)) : lines_.null();
  lines_.integer(asked.submit_s);
  maybe_time(lines_, used.start_s);
  maybe_time(lines_, used.end_s);
  lines_.text(stored_state(used.state));
  lines_.integer(count(job.requeues));
  lines_.integer(asked.uid);
  lines_.text(job.user.empty() ? std::to_string(asked.uid) : job.user);
  for (const auto* name : {&job.account, &job.partition, &job.qos, &job.name, &job.folder})
    lines_.text(*name);
  for (const auto& value : {asked.nodes, asked.cpus, asked.tasks, asked.gpus}) maybe_count(lines_, value);
  lines_.maybe(asked.memory_per_node_bytes);
  lines_.maybe(asked.limit_s);
  lines_.integer(count(asked.array_tasks));
  lines_.boolean(asked.interactive);
  lines_.boolean(asked.has_dependency);
  lines_.integer(count(job.allocated_nodes));
  lines_.integer(count(job.allocated_cpus));
  lines_.integer(used.run_s);
  lines_.maybe(used.peak_memory_bytes);
  used.cpu_efficiency ? lines_.real(*used.cpu_efficiency) : lines_.null();
  lines_.maybe(used.read_bytes);
  lines_.maybe(used.written_bytes);
  lines_.end_line();
  months_.insert(month_of(asked.submit_s));
}

void JobBatch::clear() {
  lines_.clear();
  jobs_ = 0;
  months_.clear();
}

Result<std::int64_t> store_jobs(Pg& db, const JobBatch& batch,
                                const std::optional<std::pair<IngestSource, Watermark>>& moved) {
  if (auto months = add_months(db, batch); !months) return tl::make_unexpected(months.error());
  std::int64_t changed = 0;
  const auto stored = db.transaction([&](Pg& pg) -> Result<void> {
    if (auto made = pg.query(kMakeStage); !made) return tl::make_unexpected(made.error());
    if (auto copied = pg.copy_in(kCopy, batch.lines()); !copied) return copied;
    for (const char* step :
         {kDropRepeated, kTokensOfOutcomes, kJoinRuns, kReplaceEarlierRuns, kDropEarlierRuns, kPeople})
      if (auto done = pg.query(step); !done) return tl::make_unexpected(done.error());
    const auto upserted = pg.query(kUpsert);
    if (!upserted) return tl::make_unexpected(upserted.error());
    changed = upserted->affected();
    return moved ? move_watermark(pg, moved->first, moved->second) : Result<void>{};
  });
  if (!stored) return tl::make_unexpected(stored.error());
  return changed;
}

}  // namespace foreshape
