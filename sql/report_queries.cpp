// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/report_queries.h"

#include <charconv>
#include <fmt/ranges.h>
#include <string_view>

#include "sql/pg.h"
#include "sql/queries.h"
#include "sql/report_params.h"
#include "sql/report_row.h"

namespace foreshape {
namespace {

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
Forecast forecast_of(ReportRow& row) {
  Forecast forecast;
  forecast.typical = static_cast<float>(row.sum());
  forecast.mean = static_cast<float>(row.sum());
  read_quantiles(row.text(), forecast);
  forecast.jobs = static_cast<std::uint16_t>(row.count());
  return forecast;
}

ReportedJob job_of(const PgRows& rows) {
  ReportRow row(rows, 0);
  ReportedJob job;
  job.job_id = row.count();
  job.uid = row.count();
  for (std::string* text : {&job.job_id_text, &job.cluster, &job.user, &job.account, &job.partition, &job.qos,
                            &job.name, &job.state})
    *text = row.text();
  for (UnixSeconds* moment : {&job.submit_s, &job.start_s, &job.end_s}) *moment = row.count();
  job.requeues = row.count();
  for (auto* figure : {&job.requested_nodes, &job.requested_cpus, &job.requested_gpus,
                       &job.requested_memory_bytes, &job.requested_limit_s})
    *figure = row.integer();
  job.was_predicted = row.boolean();
  job.evidence = row.text();
  job.prediction.similar_jobs = static_cast<std::uint16_t>(row.count());
  job.prediction.model = static_cast<std::uint64_t>(row.count());
  for (Forecast& forecast : job.prediction.forecasts) forecast = forecast_of(row);
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

ShadowJob shadow_job_of(const PgRows& rows) {
  ReportRow row(rows, 0);
  ShadowJob job;
  job.cluster = row.text();
  job.partition = row.text();
  for (UnixSeconds* moment : {&job.submit_s, &job.start_s, &job.end_s}) *moment = row.count();
  for (std::int64_t* figure : {&job.run_s, &job.nodes, &job.cpus}) *figure = row.count();
  for (auto* figure :
       {&job.requested_memory_bytes, &job.peak_memory_bytes, &job.order_offset_s, &job.shaped_memory_bytes})
    *figure = row.integer();
  return job;
}

/// user_summary.sql reads the levels by their places.
PgParam coverage_levels() {
  static_assert(kCoverageLevels.size() == 4, "user_summary.sql has a column for each level");
  return fmt::format("{{{}}}", fmt::join(kCoverageLevels, ","));
}

/// user_summary.sql compares with these.
std::string word_of(SummaryBy by) {
  if (by == SummaryBy::account) return "account";
  if (by == SummaryBy::name) return "name";
  return by == SummaryBy::array ? "array" : "user";
}

void read_accuracy(ReportRow& row, Accuracy& accuracy) {
  accuracy.measured = row.count();
  accuracy.ratio_sum = row.sum();
  accuracy.planned = row.count();
  accuracy.too_small = row.count();
  for (std::int64_t& within : accuracy.within) within = row.count();
}

}  // namespace

Result<Viewer> viewer(Pg& db) {
  return db.query(kViewerSql).map([](const PgRows& rows) {
    ReportRow row(rows, 0);
    Viewer who;
    who.role = row.text();
    who.is_operator = row.boolean();
    return who;
  });
}

Result<void> for_each_job(Pg& db, const JobFilter& filter,
                          const std::function<bool(const ReportedJob&)>& row) {
  return db.stream(kReportJobsSql, params_of(filter), [&](const PgRows& rows) { return row(job_of(rows)); });
}

Result<std::vector<UserSummary>> summarize_users(Pg& db, const JobFilter& filter, SummaryBy by) {
  std::vector<PgParam> params = params_of(filter);
  params.push_back(coverage_levels());
  params.emplace_back(word_of(by));
  return db.query(kUserSummarySql, params).map([](const PgRows& rows) {
    return all_of<UserSummary>(rows, [](ReportRow& row, UserSummary& user) {
      for (std::string* text : {&user.user, &user.account, &user.name, &user.array, &user.cluster})
        *text = row.text();
      user.jobs = row.count();
      user.predicted = row.count();
      read_accuracy(row, user.run_time);
      read_accuracy(row, user.memory);
      for (double* hours : {&user.core_hours_requested, &user.core_hours_used, &user.gib_hours_requested,
                            &user.gib_hours_used, &user.gpu_hours_requested})
        *hours = row.sum();
      user.failed = row.count();
      user.longest_run_s = row.integer();
      user.largest_memory_bytes = row.integer();
      user.core_s_busy = row.sum();
      user.core_s_measured = row.sum();
      user.started = row.count();
      user.wait_s = row.sum();
    });
  });
}

Result<std::vector<NameSummary>> summarize_names(Pg& db, const JobFilter& filter) {
  return db.query(kNameSummarySql, params_of(filter)).map([](const PgRows& rows) {
    return all_of<NameSummary>(rows, [](ReportRow& row, NameSummary& one) {
      one.user = row.text();
      one.name = row.text();
      for (std::int64_t* count :
           {&one.jobs, &one.measured, &one.memory_measured, &one.timeouts, &one.out_of_memory})
        *count = row.count();
      for (auto* figure :
           {&one.requested_limit_s, &one.requested_memory_bytes, &one.longest_run_s, &one.longest_cut_off_s,
            &one.largest_memory_bytes, &one.largest_cut_off_memory_bytes})
        *figure = row.integer();
      one.cpu_efficiency = row.real();
      one.core_hours = row.sum();
      one.mean_wait_s = row.real();
      one.requested_cpus = row.integer();
      one.cpus_measured = row.count();
      one.busiest_cpus = row.real();
      one.requested_gpus = row.integer();
    });
  });
}

Result<std::vector<ReportedHold>> select_holds(Pg& db, const JobFilter& filter) {
  return db
      .query(kReportHoldsSql, {pg(filter.start_s), pg(filter.end_s), any_of(filter.users),
                               any_of(filter.partitions), any_of(filter.clusters)})
      .map([](const PgRows& rows) {
        return all_of<ReportedHold>(rows, [](ReportRow& row, ReportedHold& hold) {
          for (std::string* text :
               {&hold.cluster, &hold.reservation, &hold.kind, &hold.partition, &hold.user})
            *text = row.text();
          for (UnixSeconds* moment : {&hold.created_s, &hold.deadline_s, &hold.closed_s})
            *moment = row.count();
          for (std::int64_t* figure : {&hold.nodes, &hold.hits, &hold.idle_node_s}) *figure = row.count();
          hold.dry_run = row.boolean();
        });
      });
}

Result<std::vector<StagingWeek>> select_staging(Pg& db, const JobFilter& filter) {
  return db
      .query(kStagingWeeksSql,
             {pg(filter.start_s), pg(filter.end_s), any_of(filter.users), any_of(filter.clusters)})
      .map([](const PgRows& rows) {
        return all_of<StagingWeek>(rows, [](ReportRow& row, StagingWeek& week) {
          week.monday = row.text();
          week.user = row.text();
          for (std::int64_t* figure :
               {&week.hits, &week.misses, &week.planned, &week.staged, &week.failed, &week.staged_bytes,
                &week.expired_bytes, &week.unused_bytes, &week.saved_s})
            *figure = row.count();
        });
      });
}

Result<void> for_each_shadow_job(Pg& db, const JobFilter& filter,
                                 const std::function<void(const ShadowJob&)>& job) {
  const std::vector<PgParam> params = {pg(filter.start_s), pg(filter.end_s), any_of(filter.partitions),
                                       any_of(filter.clusters)};
  return db.stream(kShadowJobsSql, params, [&](const PgRows& rows) {
    job(shadow_job_of(rows));
    return true;
  });
}

Result<bool> knows_user(Pg& db, const std::string& user) {
  const auto rows = db.query(kKnownUserSql, {user});
  if (!rows) return tl::make_unexpected(rows.error());
  return rows->boolean(0, 0);
}

}  // namespace foreshape
