// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/journal_store.h"

#include <algorithm>
#include <filesystem>

#include "predictor/base/names.h"
#include "predictor/base/text.h"
#include "predictor/journal/names.h"
#include "predictor/plan/names.h"
#include "sql/hold_store.h"
#include "sql/job_store.h"
#include "sql/queries.h"

namespace foreshape {
namespace {

/// Lines for the tables that a submission goes to, by way of temporary ones of the same shape.
struct Lines {
  CopyLines submissions, predictions, decisions, outcomes, notices, stagings;
};

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
  const JobRequest& requested = e.request;
  begin_row(lines, cluster, e);
  for (const auto name : {e.account.view(), e.partition.view(), e.qos.view(), e.name.view()})
    lines.text(name);
  for (const TextHash hash :
       {requested.account, requested.partition, requested.qos, requested.name, requested.script,
        requested.work_dir, requested.gres, requested.licenses, requested.burst_buffer})
    lines.integer(hash);
  for (const auto& value : {requested.nodes, requested.cpus, requested.tasks, requested.gpus})
    lines.maybe_count(value);
  lines.maybe(requested.memory_per_node_bytes);
  lines.maybe(requested.limit_s);
  lines.count(requested.array_tasks);
  lines.boolean(requested.interactive);
  lines.boolean(requested.has_dependency);
  lines.end_line();
}

void add_prediction(CopyLines& lines, const std::string& cluster, const SubmissionEvent& e) {
  begin_row(lines, cluster, e);
  lines.text(kEvidenceNames.of(e.prediction.evidence));
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

/// Kept within what a bigint of bytes can have, whatever the record says.
std::optional<std::int64_t> shaped_bytes(const Plan& plan) {
  constexpr std::int64_t kMiB = 1 << 20, kMaxMiB = INT64_MAX / kMiB;
  if (!plan.shaped_memory_mib || *plan.shaped_memory_mib <= 0) return std::nullopt;
  return std::min(*plan.shaped_memory_mib, kMaxMiB) * kMiB;
}

void add_decision(CopyLines& lines, const std::string& cluster, const SubmissionEvent& e) {
  begin_row(lines, cluster, e);
  for (const Mode mode : e.plan.modes) lines.text(kModeNames.of(mode));
  lines.maybe(e.plan.run_s);
  lines.maybe(e.plan.memory_bytes);
  lines.maybe(e.plan.order_offset_s);
  lines.boolean(e.plan.may_use_pool);
  lines.boolean(e.opted_out);
  lines.integer(e.decided_in_ns);
  lines.boolean(e.plan.order_is_dry);
  lines.maybe(shaped_bytes(e.plan));
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
  lines.text(kJobStateNames.of(e.state));
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

void add_staging(CopyLines& lines, const IngestSource& source, std::uint64_t sequence, const StageEvent& e) {
  lines.text(source.cluster);
  lines.text(source.name);
  lines.integer(static_cast<std::int64_t>(sequence));
  time(lines, std::max<UnixSeconds>(e.at_s, 1));
  lines.integer(e.uid);
  lines.text(kStageStepNames.of(e.step));
  e.job_id != 0 ? lines.integer(e.job_id) : lines.null();
  lines.integer(e.bytes);
  lines.integer(e.copy_ms);
  lines.integer(e.uses);
  e.user_number != 0 ? lines.integer(static_cast<std::int64_t>(e.user_number)) : lines.null();
  for (const auto text : {e.source.view(), e.file_system.view(), e.reason.view()}) lines.text(text);
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
  } else if (const auto* staging = std::get_if<StageEvent>(&entry.event)) {
    add_staging(lines.stagings, source, entry.sequence, *staging);
  }
}

/// What each table takes: its columns in the order of the lines above, and what happens to a row that is
/// there.
struct Target {
  const char* make_stage;
  const char* stage;
  const char* insert;
};

constexpr Target kSubmission = {kMakeSubmissionStageSql, "submission_stage", kInsertSubmissionsSql};
constexpr Target kPrediction = {kMakePredictionStageSql, "prediction_stage", kInsertPredictionsSql};
constexpr Target kDecision = {kMakeDecisionStageSql, "decision_stage", kInsertDecisionsSql};
constexpr Target kOutcome = {kMakeOutcomeStageSql, "outcome_stage", kInsertOutcomesSql};
constexpr Target kNotice = {kMakeNoticeStageSql, "notice_stage", kInsertNoticesSql};
constexpr Target kStaging = {kMakeStageEventStageSql, "stage_event_stage", kInsertStageEventsSql};

Result<void> insert(Pg& db, const Target& target, const CopyLines& lines) {
  if (lines.bytes() == 0) return {};
  if (auto made = db.query(target.make_stage); !made) return tl::make_unexpected(made.error());
  if (auto copied = db.copy_in(target.stage, lines.lines()); !copied) return copied;
  if (auto inserted = db.query(target.insert); !inserted) return tl::make_unexpected(inserted.error());
  return {};
}

Result<void> insert_all(Pg& db, const Lines& lines) {
  const std::pair<const Target*, const CopyLines*> all[] = {
      {&kSubmission, &lines.submissions}, {&kPrediction, &lines.predictions}, {&kDecision, &lines.decisions},
      {&kOutcome, &lines.outcomes},       {&kNotice, &lines.notices},         {&kStaging, &lines.stagings}};
  for (const auto& [target, rows] : all)
    if (auto done = insert(db, *target, *rows); !done) return done;
  if (lines.outcomes.bytes() == 0) return {};
  if (auto done = db.query(kAddTokensToJobsSql); !done) return tl::make_unexpected(done.error());
  return {};
}

}  // namespace

IngestSource journal_source(const std::string& cluster, const std::string& directory) {
  std::error_code none;
  const auto path = std::filesystem::weakly_canonical(directory, none);
  return {cluster, "journal:" + (none ? directory : path.string())};
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
