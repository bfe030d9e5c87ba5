// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/job_store.h"

#include "predictor/base/names.h"
#include "sql/queries.h"

namespace foreshape {
namespace {

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
  const auto done = db.query(kAddMonthsSql, {pg_array(months)});
  if (!done) return tl::make_unexpected(done.error());
  return {};
}

}  // namespace

JobState state_of(std::string_view stored) { return kJobStateNames.find(stored).value_or(JobState::unknown); }

void JobBatch::add(const JobRecord& job) {
  add_run(job, false);
  for (const JobRecord& run : job.requeued_runs) add_run(run, true);
  ++jobs_;
  months_.insert(month_of(job.request.submit_s));
}

void JobBatch::add_run(const JobRecord& job, bool is_requeued) {
  const JobRequest& requested = job.request;
  const JobUsage& used = job.usage;
  lines_.integer(runs_++);
  lines_.text(job.cluster);
  lines_.integer(job.job_id);
  lines_.text(job.job_id_text.empty() ? std::to_string(job.job_id) : job.job_id_text);
  job.token != 0 ? lines_.integer(static_cast<std::int64_t>(job.token)) : lines_.null();
  lines_.integer(requested.submit_s);
  maybe_time(lines_, used.start_s);
  maybe_time(lines_, used.end_s);
  lines_.text(kJobStateNames.of(used.state));
  lines_.count(job.requeues);
  lines_.integer(requested.uid);
  lines_.text(job.user.empty() ? std::to_string(requested.uid) : job.user);
  for (const auto* name : {&job.account, &job.partition, &job.qos, &job.name, &job.work_dir})
    lines_.text(*name);
  for (const auto& value : {requested.nodes, requested.cpus, requested.tasks, requested.gpus})
    lines_.maybe_count(value);
  lines_.maybe(requested.memory_per_node_bytes);
  lines_.maybe(requested.limit_s);
  lines_.count(requested.array_tasks);
  lines_.boolean(requested.interactive);
  lines_.boolean(requested.has_dependency);
  lines_.count(job.allocated_nodes);
  lines_.count(job.allocated_cpus);
  lines_.integer(used.run_s);
  lines_.maybe(used.peak_memory_bytes);
  used.cpu_efficiency ? lines_.real(*used.cpu_efficiency) : lines_.null();
  lines_.maybe(used.read_bytes);
  lines_.maybe(used.written_bytes);
  lines_.integer(job.first_submit_s > 0 ? job.first_submit_s : requested.submit_s);
  lines_.maybe(job.allocated_memory_bytes);
  for (const bool fact : {job.memory_is_shaped, job.ran_out_of_memory, is_requeued}) lines_.boolean(fact);
  lines_.end_line();
}

void JobBatch::clear() {
  lines_.clear();
  jobs_ = 0;
  runs_ = 0;
  months_.clear();
}

Result<std::int64_t> store_jobs(Pg& db, const JobBatch& batch,
                                const std::optional<std::pair<IngestSource, Watermark>>& moved) {
  if (auto months = add_months(db, batch); !months) return tl::make_unexpected(months.error());
  std::int64_t changed = 0;
  const auto stored = db.transaction([&](Pg& pg) -> Result<void> {
    for (const char* stage : {kMakeJobStageSql, kMakeRunStageSql})
      if (auto made = pg.query(stage); !made) return tl::make_unexpected(made.error());
    if (auto copied = pg.copy_in("job_stage", batch.lines()); !copied) return copied;
    for (const char* step : {kMoveRequeuedRunsSql, kDropRepeatedJobsSql, kAddTokensOfOutcomesSql,
                             kJoinRunsSql, kReplaceRequeuedRunsSql, kDropRequeuedRunsSql, kAddPeopleSql,
                             kDivideUidsSql, kUpsertRequeuedRunsSql})
      if (auto done = pg.query(step); !done) return tl::make_unexpected(done.error());
    const auto upserted = pg.query(kUpsertJobsSql);
    if (!upserted) return tl::make_unexpected(upserted.error());
    changed = upserted->affected();
    return moved ? move_watermark(pg, moved->first, moved->second) : Result<void>{};
  });
  if (!stored) return tl::make_unexpected(stored.error());
  return changed;
}

}  // namespace foreshape
