#include "sql/journal_store.h"

#include <algorithm>
#include <filesystem>

#include "predictor/base/text.h"
#include "sql/hold_store.h"
#include "sql/job_store.h"

namespace foreshape {
namespace {

constexpr const char* kModes[] = {"off", "observe", "advise", "enforce"};
constexpr const char* kEvidence[] = {"none", "user", "account", "cluster"};

/// Lines for the tables that a submission goes to, by way of temporary ones of the same shape.
struct Lines {
  CopyLines submissions, predictions, decisions, outcomes, notices;
};

void maybe_count(CopyLines& lines, const std::optional<std::uint32_t>& value) {
  value ? lines.integer(std::min<std::int64_t>(*value, INT32_MAX)) : lines.null();
}

/// Seconds since 1970 as COPY's text for timestamptz.
void time(CopyLines& lines, UnixSeconds time_s) {
  // A record that the database refuses would hold up all that come after it: what no clock shows is kept at
  // the bound.
  constexpr UnixSeconds kLatest_s = UINT32_MAX;
  if (time_s <= 0) return lines.null();
  using namespace std::chrono;
  const sys_seconds moment{seconds{std::min(time_s, kLatest_s)}};
  const auto day = floor<days>(moment);
  const year_month_day date{day};
  const hh_mm_ss clock{moment - day};
  std::array<char, 40> text{};
  const int size =
      std::snprintf(text.data(), text.size(), "%04d-%02u-%02u %02d:%02d:%02d+00",
                    static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                    static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                    static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
  lines.text({text.data(), static_cast<std::size_t>(size)});
}

void begin_row(CopyLines& lines, const std::string& cluster, const SubmissionEvent& e) {
  lines.text(cluster);
  lines.integer(static_cast<std::int64_t>(e.token));
  lines.integer(e.request.uid);
  // Never NULL in the tables: a clock that was not set shows as the first second of 1970.
  time(lines, std::max<UnixSeconds>(e.request.submit_s, 1));
}

void add_request(CopyLines& lines, const std::string& cluster, const SubmissionEvent& e) {
  const JobRequest& asked = e.request;
  begin_row(lines, cluster, e);
  for (const auto name : {e.account.view(), e.partition.view(), e.qos.view(), e.name.view()})
    lines.text(name);
  for (const TextHash hash : {asked.account, asked.partition, asked.qos, asked.name, asked.script,
                              asked.folder, asked.gres, asked.licences, asked.burst_buffer})
    lines.integer(hash);
  for (const auto& value : {asked.nodes, asked.cpus, asked.tasks, asked.gpus}) maybe_count(lines, value);
  lines.maybe(asked.memory_per_node_bytes);
  lines.maybe(asked.limit_s);
  lines.integer(std::min<std::int64_t>(asked.array_tasks, INT32_MAX));
  lines.boolean(asked.interactive);
  lines.boolean(asked.has_dependency);
  lines.end_line();
}

void add_prediction(CopyLines& lines, const std::string& cluster, const SubmissionEvent& e) {
  begin_row(lines, cluster, e);
  lines.text(kEvidence[std::min<std::size_t>(static_cast<std::size_t>(e.prediction.evidence),
                                             std::size(kEvidence) - 1)]);
  lines.integer(e.prediction.similar_jobs);
  for (const Forecast& forecast : e.prediction.forecasts) {
    if (forecast.known()) {
      lines.real(forecast.typical);
      lines.real(forecast.mean);
      lines.array(forecast.quantiles);
    } else {
      for (int i = 0; i < 3; ++i) lines.null();
    }
    lines.integer(forecast.jobs);
  }
  e.prediction.model != 0 ? lines.integer(static_cast<std::int64_t>(e.prediction.model)) : lines.null();
  lines.end_line();
}

void add_decision(CopyLines& lines, const std::string& cluster, const SubmissionEvent& e) {
  begin_row(lines, cluster, e);
  for (const Mode mode : e.plan.modes)
    lines.text(kModes[std::min<std::size_t>(static_cast<std::size_t>(mode), std::size(kModes) - 1)]);
  lines.maybe(e.plan.run_s);
  lines.maybe(e.plan.memory_bytes);
  lines.maybe(e.plan.order_offset_s);
  lines.boolean(e.plan.may_use_pool);
  lines.boolean(e.opted_out);
  lines.integer(e.decided_in_ns);
  lines.end_line();
}

void add_outcome(CopyLines& lines, const std::string& cluster, const OutcomeEvent& e) {
  lines.text(cluster);
  lines.integer(e.job_id);
  time(lines, std::max<UnixSeconds>(e.submit_s, 1));
  e.token != 0 ? lines.integer(static_cast<std::int64_t>(e.token)) : lines.null();
  lines.integer(e.uid);
  time(lines, e.start_s);
  time(lines, e.end_s);
  lines.text(stored_state(e.state));
  lines.end_line();
}

void add_notice(CopyLines& lines, const IngestSource& source, std::uint64_t sequence, const NoticeEvent& e) {
  lines.text(source.cluster);
  lines.text(source.name);
  lines.integer(static_cast<std::int64_t>(sequence));
  time(lines, std::max<UnixSeconds>(e.at_s, 1));
  lines.integer(static_cast<std::int64_t>(e.lost_events));
  lines.text(e.text.view());
  lines.end_line();
}

void add_entry(Lines& lines, const IngestSource& source, const JournalEntry& entry) {
  if (const auto* submission = std::get_if<SubmissionEvent>(&entry.event)) {
    add_request(lines.submissions, source.cluster, *submission);
    add_prediction(lines.predictions, source.cluster, *submission);
    add_decision(lines.decisions, source.cluster, *submission);
  } else if (const auto* outcome = std::get_if<OutcomeEvent>(&entry.event)) {
    add_outcome(lines.outcomes, source.cluster, *outcome);
  } else if (const auto* notice = std::get_if<NoticeEvent>(&entry.event)) {
    add_notice(lines.notices, source, entry.sequence, *notice);
  }
}

/// What each table takes: its columns in the order of the lines above, and what happens to a row that is
/// there.
struct Target {
  const char* make_stage;
  const char* copy;
  const char* insert;
};

// The later word on an outcome stands; everything else is written once.
constexpr Target kSubmission = {
    "CREATE TEMP TABLE IF NOT EXISTS submission_stage ON COMMIT DELETE ROWS AS SELECT cluster, token, uid, "
    "submit_time,"
    " account, partition, qos, job_name, account_hash, partition_hash, qos_hash, name_hash, script_hash, "
    "folder_hash,"
    " gres_hash, licences_hash, burst_buffer_hash, asked_nodes, asked_cpus, asked_tasks, asked_gpus, "
    "asked_memory_bytes,"
    " asked_limit_s, array_tasks, interactive, has_dependency FROM foreshape.submission WITH NO DATA",
    "COPY submission_stage FROM STDIN",
    "INSERT INTO foreshape.submission (cluster, token, uid, submit_time, account, partition, qos, job_name, "
    "account_hash,"
    " partition_hash, qos_hash, name_hash, script_hash, folder_hash, gres_hash, licences_hash, "
    "burst_buffer_hash,"
    " asked_nodes, asked_cpus, asked_tasks, asked_gpus, asked_memory_bytes, asked_limit_s, array_tasks, "
    "interactive,"
    " has_dependency) SELECT * FROM submission_stage ON CONFLICT DO NOTHING"};
constexpr Target kPrediction = {
    "CREATE TEMP TABLE IF NOT EXISTS prediction_stage ON COMMIT DELETE ROWS AS SELECT cluster, token, uid, "
    "submit_time,"
    " evidence, similar_jobs, run_s, run_s_mean, run_s_q, run_s_jobs, memory_bytes, memory_bytes_mean, "
    "memory_bytes_q,"
    " memory_bytes_jobs, cpu_efficiency, cpu_efficiency_mean, cpu_efficiency_q, cpu_efficiency_jobs, "
    "read_bytes,"
    " read_bytes_mean, read_bytes_q, read_bytes_jobs, written_bytes, written_bytes_mean, written_bytes_q,"
    " written_bytes_jobs, model FROM foreshape.prediction WITH NO DATA",
    "COPY prediction_stage FROM STDIN",
    "INSERT INTO foreshape.prediction (cluster, token, uid, submit_time, evidence, similar_jobs, run_s, "
    "run_s_mean, run_s_q,"
    " run_s_jobs, memory_bytes, memory_bytes_mean, memory_bytes_q, memory_bytes_jobs, cpu_efficiency, "
    "cpu_efficiency_mean,"
    " cpu_efficiency_q, cpu_efficiency_jobs, read_bytes, read_bytes_mean, read_bytes_q, read_bytes_jobs, "
    "written_bytes,"
    " written_bytes_mean, written_bytes_q, written_bytes_jobs, model) SELECT * FROM prediction_stage ON "
    "CONFLICT DO "
    "NOTHING"};
constexpr Target kDecision = {
    "CREATE TEMP TABLE IF NOT EXISTS decision_stage ON COMMIT DELETE ROWS AS SELECT cluster, token, uid, "
    "submit_time,"
    " run_time_mode, memory_mode, cpus_mode, io_mode, planned_run_s, planned_memory_bytes, order_offset_s, "
    "may_use_pool,"
    " opted_out, decided_in_ns FROM foreshape.decision WITH NO DATA",
    "COPY decision_stage FROM STDIN",
    "INSERT INTO foreshape.decision (cluster, token, uid, submit_time, run_time_mode, memory_mode, "
    "cpus_mode, io_mode,"
    " planned_run_s, planned_memory_bytes, order_offset_s, may_use_pool, opted_out, decided_in_ns)"
    " SELECT * FROM decision_stage ON CONFLICT DO NOTHING"};
constexpr Target kOutcome = {
    "CREATE TEMP TABLE IF NOT EXISTS outcome_stage ON COMMIT DELETE ROWS AS SELECT cluster, job_id, "
    "submit_time, token, uid,"
    " start_time, end_time, state FROM foreshape.outcome WITH NO DATA",
    "COPY outcome_stage FROM STDIN",
    "INSERT INTO foreshape.outcome AS o (cluster, job_id, submit_time, token, uid, start_time, end_time, "
    "state)"
    " SELECT DISTINCT ON (cluster, job_id, submit_time) * FROM outcome_stage"
    " ORDER BY cluster, job_id, submit_time, end_time DESC NULLS LAST"
    " ON CONFLICT (cluster, job_id, submit_time) DO UPDATE SET token = coalesce(excluded.token, o.token),"
    "   start_time = excluded.start_time, end_time = excluded.end_time, state = excluded.state"
    " WHERE o.end_time IS NULL OR excluded.end_time >= o.end_time"};
constexpr Target kNotice = {
    "CREATE TEMP TABLE IF NOT EXISTS notice_stage ON COMMIT DELETE ROWS AS SELECT cluster, journal, "
    "sequence, at,"
    " lost_events, message FROM foreshape.notice WITH NO DATA",
    "COPY notice_stage FROM STDIN",
    "INSERT INTO foreshape.notice (cluster, journal, sequence, at, lost_events, message)"
    " SELECT * FROM notice_stage ON CONFLICT DO NOTHING"};

// Accounting may have come first.
constexpr const char* kTokensOfJobs =
    "UPDATE foreshape.job j SET token = o.token FROM outcome_stage o"
    " WHERE j.token IS NULL AND o.token IS NOT NULL"
    "   AND j.cluster = o.cluster AND j.job_id = o.job_id AND j.submit_time = o.submit_time";

Result<void> insert(Pg& db, const Target& target, const CopyLines& lines) {
  if (lines.bytes() == 0) return {};
  if (auto made = db.query(target.make_stage); !made) return tl::make_unexpected(made.error());
  if (auto copied = db.copy_in(target.copy, lines.lines()); !copied) return copied;
  if (auto inserted = db.query(target.insert); !inserted) return tl::make_unexpected(inserted.error());
  return {};
}

Result<void> insert_all(Pg& db, const Lines& lines) {
  const std::pair<const Target*, const CopyLines*> all[] = {{&kSubmission, &lines.submissions},
                                                            {&kPrediction, &lines.predictions},
                                                            {&kDecision, &lines.decisions},
                                                            {&kOutcome, &lines.outcomes},
                                                            {&kNotice, &lines.notices}};
  for (const auto& [target, rows] : all)
    if (auto done = insert(db, *target, *rows); !done) return done;
  if (lines.outcomes.bytes() == 0) return {};
  if (auto done = db.query(kTokensOfJobs); !done) return tl::make_unexpected(done.error());
  return {};
}

}  // namespace

IngestSource journal_source(const std::string& cluster, const std::string& folder) {
  std::error_code none;
  const auto path = std::filesystem::weakly_canonical(folder, none);
  return {cluster, "journal:" + (none ? folder : path.string())};
}

Result<std::int64_t> store_entries(Pg& db, const IngestSource& source,
                                   std::span<const JournalEntry> entries) {
  std::int64_t stored = 0;
  const auto done = db.transaction([&](Pg& pg) -> Result<void> {
    stored = 0;
    const auto mark = lock_watermark(pg, source);
    if (!mark) return tl::make_unexpected(mark.error());
    Lines lines;
    std::uint64_t last = static_cast<std::uint64_t>(mark->sequence.value_or(0));
    for (const auto& entry : entries) {
      if (entry.sequence <= last) continue;
      add_entry(lines, source, entry);
      if (const auto* hold = std::get_if<HoldEvent>(&entry.event))
        if (auto kept = store_hold_step(pg, source, entry.sequence, *hold); !kept) return kept;
      last = entry.sequence;
      ++stored;
    }
    if (stored == 0) return {};
    if (auto inserted = insert_all(pg, lines); !inserted) return inserted;
    return move_watermark(pg, source, {std::nullopt, static_cast<std::int64_t>(last)});
  });
  if (!done) return tl::make_unexpected(done.error());
  return stored;
}

}  // namespace foreshape
