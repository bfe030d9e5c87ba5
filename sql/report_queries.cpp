#include "sql/report_queries.h"

#include <charconv>
#include <fmt/format.h>
#include <string_view>

#include "sql/pg.h"

namespace foreshape {
namespace {

/// Reads the values of one row in the order of the SELECT list, which stands beside each use.
class Row {
 public:
  Row(const PgRows& rows, std::size_t row) : rows_(rows), row_(row) {}

  std::string text() { return std::string(rows_.text(row_, column_++)); }
  std::optional<std::int64_t> integer() { return rows_.integer(row_, column_++); }
  std::int64_t count() { return integer().value_or(0); }
  std::optional<double> real() { return rows_.real(row_, column_++); }
  double sum() { return real().value_or(0); }
  bool boolean() { return rows_.boolean(row_, column_++); }
  Forecast forecast();

 private:
  const PgRows& rows_;
  std::size_t row_;
  std::size_t column_ = 0;
};

/// '{1,2.5,...}' with exactly the kept levels; anything else leaves zeros, as for an unknown forecast.
void read_quantiles(std::string_view array, Forecast& forecast) {
  std::size_t level = 0;
  const char* at = array.data();
  const char* const end = at + array.size();
  while (at != end && level < forecast.quantiles.size()) {
    if (*at == '{' || *at == ',') {
      ++at;
      continue;
    }
    const auto [next, error] = std::from_chars(at, end, forecast.quantiles[level]);
    if (error != std::errc{}) break;
    at = next;
    ++level;
  }
}

/// SELECT typical, mean, quantiles, jobs
Forecast Row::forecast() {
  Forecast forecast;
  forecast.typical = static_cast<float>(sum());
  forecast.mean = static_cast<float>(sum());
  read_quantiles(rows_.text(row_, column_++), forecast);
  forecast.jobs = static_cast<std::uint16_t>(count());
  return forecast;
}

PgParam list(const std::vector<std::string>& words) { return words.empty() ? PgParam{} : pg_array(words); }

std::vector<PgParam> params_of(const JobFilter& filter) {
  return {pg(filter.start_s),      pg(filter.end_s),      list(filter.users), list(filter.accounts),
          list(filter.partitions), list(filter.clusters), list(filter.qos),   list(filter.names),
          list(filter.jobs),       list(filter.states)};
}

// $1 and $2 are seconds since 1970, the others text[]; NULL = no limit. The server plans for the values
// given, so that a test of a NULL costs nothing and months outside the window are not read.
constexpr const char* kInLists = R"sql(
      ($3::text[] IS NULL OR user_name = ANY($3) OR uid::text = ANY($3))
  AND ($4::text[] IS NULL OR account = ANY($4))
  AND ($5::text[] IS NULL OR partition = ANY($5))
  AND ($6::text[] IS NULL OR cluster = ANY($6))
  AND ($7::text[] IS NULL OR qos = ANY($7))
  AND ($8::text[] IS NULL OR job_name = ANY($8))
  AND ($9::text[] IS NULL OR job_id_text = ANY($9) OR job_id::text = ANY($9)
       OR split_part(job_id_text, '_', 1) = ANY($9) OR split_part(job_id_text, '+', 1) = ANY($9)))sql";

// As sacct: without states what was there in the window, with them what ended so, or was so, within it.
constexpr const char* kInWindow = R"sql(
      ($2::bigint IS NULL OR submit_time <= to_timestamp($2))
  AND ($1::bigint IS NULL OR end_time IS NULL OR end_time >= to_timestamp($1))
  AND ($10::text[] IS NULL
       OR ('PENDING' = ANY($10) AND CASE WHEN start_time IS NULL THEN end_time IS NULL
                                         ELSE $1::bigint IS NULL OR start_time > to_timestamp($1) END)
       OR ('RUNNING' = ANY($10) AND start_time IS NOT NULL
           AND ($2::bigint IS NULL OR start_time <= to_timestamp($2)))
       OR (state = ANY($10) AND end_time IS NOT NULL
           AND ($2::bigint IS NULL OR end_time <= to_timestamp($2)))))sql";

constexpr const char* kJobColumns = R"sql(
  job_id, uid, job_id_text, cluster, user_name, account, partition, qos, job_name, state,
  extract(epoch FROM submit_time)::bigint, extract(epoch FROM start_time)::bigint, extract(epoch FROM end_time)::bigint,
  requeues, asked_nodes, asked_cpus, asked_memory_bytes, asked_limit_s,
  evidence IS NOT NULL, evidence, similar_jobs, predicted_by_model,
  predicted_run_s, predicted_run_s_mean, run_s_q, run_s_jobs,
  predicted_memory_bytes, NULL, memory_bytes_q, memory_bytes_jobs,
  predicted_cpu_efficiency, NULL, cpu_efficiency_q, cpu_efficiency_jobs,
  predicted_read_bytes, NULL, read_bytes_q, read_bytes_jobs,
  predicted_written_bytes, NULL, written_bytes_q, written_bytes_jobs,
  run_time_mode, memory_mode, planned_run_s, planned_memory_bytes, order_offset_s, opted_out,
  allocated_nodes, allocated_cpus, run_s, peak_memory_bytes, cpu_efficiency, read_bytes, written_bytes)sql";

std::string jobs_sql() {
  return fmt::format(
      "SELECT {} FROM foreshape.job_report WHERE {} AND {} ORDER BY submit_time, cluster, job_id",
      kJobColumns, kInLists, kInWindow);
}

ReportedJob job_of(const PgRows& rows) {
  Row row(rows, 0);
  ReportedJob job;
  job.job_id = row.count();
  job.uid = row.count();
  for (std::string* text : {&job.job_id_text, &job.cluster, &job.user, &job.account, &job.partition, &job.qos,
                            &job.name, &job.state})
    *text = row.text();
  for (UnixSeconds* moment : {&job.submit_s, &job.start_s, &job.end_s}) *moment = row.count();
  job.requeues = row.count();
  for (auto* figure : {&job.asked_nodes, &job.asked_cpus, &job.asked_memory_bytes, &job.asked_limit_s})
    *figure = row.integer();
  job.was_predicted = row.boolean();
  job.evidence = row.text();
  job.prediction.similar_jobs = static_cast<std::uint16_t>(row.count());
  job.prediction.model = static_cast<std::uint64_t>(row.count());
  for (Forecast& forecast : job.prediction.forecasts) forecast = row.forecast();
  job.run_time_mode = row.text();
  job.memory_mode = row.text();
  for (auto* figure : {&job.planned_run_s, &job.planned_memory_bytes, &job.order_offset_s})
    *figure = row.integer();
  job.opted_out = row.boolean();
  for (auto* figure : {&job.allocated_nodes, &job.allocated_cpus, &job.run_s, &job.peak_memory_bytes})
    *figure = row.integer();
  job.cpu_efficiency = row.real();
  job.read_bytes = row.integer();
  job.written_bytes = row.integer();
  return job;
}

/// One resource as the columns of job_report name it.
struct ResourceColumns {
  const char *used, *predicted, *quantiles, *planned;
  const char* cut_off;  ///< the state of a job that was ended because it needed more
};

std::string accuracy_sql(const ResourceColumns& c) {
  const std::string comparable = fmt::format("measured AND {} > 0 AND {} > 0", c.predicted, c.used);
  std::string sql =
      fmt::format(R"sql(
  count(*) FILTER (WHERE {comparable}),
  sum(least({predicted}, {used}) / greatest({predicted}, {used})) FILTER (WHERE {comparable}),
  count(*) FILTER (WHERE (measured AND {used} > 0 AND {planned} IS NOT NULL) OR (state = '{cut_off}' AND {used} > {planned})),
  count(*) FILTER (WHERE (measured OR state = '{cut_off}') AND {used} > {planned}),)sql",
                  fmt::arg("comparable", comparable), fmt::arg("predicted", c.predicted),
                  fmt::arg("used", c.used), fmt::arg("planned", c.planned), fmt::arg("cut_off", c.cut_off));
  for (const float level : kCoverageLevels)
    sql += fmt::format("\n  count(*) FILTER (WHERE {} AND {} <= foreshape.at_level({}, {}::real)),",
                       comparable, c.used, c.quantiles, level);
  return sql;
}

std::string summary_sql() {
  constexpr ResourceColumns kRunTime{"run_s", "predicted_run_s", "run_s_q", "planned_run_s", "TIMEOUT"};
  constexpr ResourceColumns kMemory{"peak_memory_bytes", "predicted_memory_bytes", "memory_bytes_q",
                                    "planned_memory_bytes", "OUT_OF_MEMORY"};
  return fmt::format(R"sql(
SELECT user_name, count(*), count(*) FILTER (WHERE evidence <> 'none'), {} {}
  sum(asked_limit_s::float8 * allocated_cpus) FILTER (WHERE run_s > 0) / 3600,
  sum(run_s::float8 * allocated_cpus) FILTER (WHERE run_s > 0 AND asked_limit_s IS NOT NULL) / 3600,
  sum(asked_memory_bytes::float8 * allocated_nodes * run_s) FILTER (WHERE peak_memory_bytes IS NOT NULL) / 3600 / 2^30,
  sum(peak_memory_bytes::float8 * allocated_nodes * run_s) FILTER (WHERE asked_memory_bytes IS NOT NULL) / 3600 / 2^30
FROM (SELECT *, run_s > 0 AND state IN ('COMPLETED', 'FAILED') AS measured FROM foreshape.job_report) AS job
WHERE {}
  AND end_time IS NOT NULL AND ($1::bigint IS NULL OR end_time >= to_timestamp($1))
  AND ($2::bigint IS NULL OR end_time <= to_timestamp($2))
  AND ($10::text[] IS NULL OR state = ANY($10))
GROUP BY user_name ORDER BY user_name)sql",
                     accuracy_sql(kRunTime), accuracy_sql(kMemory), kInLists);
}

void read_accuracy(Row& row, Accuracy& accuracy) {
  accuracy.measured = row.count();
  accuracy.ratio_sum = row.sum();
  accuracy.planned = row.count();
  accuracy.too_small = row.count();
  for (std::int64_t& within : accuracy.within) within = row.count();
}

constexpr const char* kHolds = R"sql(
SELECT cluster, reservation, kind, partition, user_name, extract(epoch FROM created_at)::bigint,
  extract(epoch FROM deadline)::bigint, extract(epoch FROM closed_at)::bigint, nodes, hits, idle_node_s, dry_run
FROM foreshape.pre_allocation
WHERE ($1::bigint IS NULL OR closed_at IS NULL OR closed_at >= to_timestamp($1))
  AND ($2::bigint IS NULL OR created_at <= to_timestamp($2))
  AND ($3::text[] IS NULL OR user_name = '' OR user_name = ANY($3))
  AND ($4::text[] IS NULL OR partition = ANY($4))
  AND ($5::text[] IS NULL OR cluster = ANY($5))
ORDER BY created_at, reservation)sql";

}  // namespace

Result<Viewer> viewer(Pg& db) {
  return db.query("SELECT current_user, foreshape.is_operator()").map([](const PgRows& rows) {
    Row row(rows, 0);
    Viewer who;
    who.role = row.text();
    who.is_operator = row.boolean();
    return who;
  });
}

Result<void> for_each_job(Pg& db, const JobFilter& filter,
                          const std::function<bool(const ReportedJob&)>& row) {
  return db.stream(jobs_sql().c_str(), params_of(filter),
                   [&](const PgRows& rows) { return row(job_of(rows)); });
}

Result<std::vector<UserSummary>> summarize_users(Pg& db, const JobFilter& filter) {
  return db.query(summary_sql().c_str(), params_of(filter)).map([](const PgRows& rows) {
    std::vector<UserSummary> users(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      Row row(rows, i);
      UserSummary& user = users[i];
      user.user = row.text();
      user.jobs = row.count();
      user.predicted = row.count();
      read_accuracy(row, user.run_time);
      read_accuracy(row, user.memory);
      for (double* hours :
           {&user.core_hours_asked, &user.core_hours_used, &user.gib_hours_asked, &user.gib_hours_used})
        *hours = row.sum();
    }
    return users;
  });
}

Result<std::vector<ReportedHold>> select_holds(Pg& db, const JobFilter& filter) {
  return db
      .query(kHolds, {pg(filter.start_s), pg(filter.end_s), list(filter.users), list(filter.partitions),
                      list(filter.clusters)})
      .map([](const PgRows& rows) {
        std::vector<ReportedHold> holds(rows.size());
        for (std::size_t i = 0; i < rows.size(); ++i) {
          Row row(rows, i);
          ReportedHold& hold = holds[i];
          for (std::string* text :
               {&hold.cluster, &hold.reservation, &hold.kind, &hold.partition, &hold.user})
            *text = row.text();
          for (UnixSeconds* moment : {&hold.created_s, &hold.deadline_s, &hold.closed_s})
            *moment = row.count();
          for (std::int64_t* figure : {&hold.nodes, &hold.hits, &hold.idle_node_s}) *figure = row.count();
          hold.dry_run = row.boolean();
        }
        return holds;
      });
}

}  // namespace foreshape
