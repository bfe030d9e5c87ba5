// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/weekly_queries.h"

#include <algorithm>
#include <fmt/ranges.h>

#include "sql/pg.h"
#include "sql/queries.h"
#include "sql/report_params.h"
#include "sql/report_row.h"

namespace foreshape {
namespace {

/// above: how many quantiles they were above.
void add_jobs(Calibration& calibration, std::int64_t above, std::int64_t jobs) {
  calibration.jobs += jobs;
  for (auto level = static_cast<std::size_t>(std::max<std::int64_t>(above, 0));
       level < calibration.within.size(); ++level)
    calibration.within.at(level) += jobs;
}

}  // namespace

Result<std::vector<WeekWaits>> weekly_waits(Pg& db, const JobFilter& filter,
                                            std::span<const UnixSeconds> weeks) {
  std::vector<PgParam> params = params_of(filter);
  params.push_back(fmt::format("{{{}}}", fmt::join(weeks, ",")));
  return db.query(kWeeklyWaitsSql, params).map([](const PgRows& rows) {
    return all_of<WeekWaits>(rows, [](ReportRow& row, WeekWaits& week) {
      week.week_s = row.count();
      week.jobs = row.count();
      week.started = row.count();
      week.mean_s = row.sum();
      week.median_s = row.sum();
    });
  });
}

Result<Calibrations> calibrations(Pg& db, const JobFilter& filter) {
  return db.query(kWeeklyQuantilesSql, params_of(filter)).map([](const PgRows& rows) {
    Calibrations found;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      ReportRow row(rows, i);
      const auto run_time_above = row.integer(), memory_above = row.integer();
      const std::int64_t jobs = row.count();
      if (run_time_above) add_jobs(found.run_time, *run_time_above, jobs);
      if (memory_above) add_jobs(found.memory, *memory_above, jobs);
    }
    return found;
  });
}

Result<std::vector<RunTimesOf>> run_times_by_prediction(Pg& db, const JobFilter& filter) {
  return db.query(kWeeklyRunTimesSql, params_of(filter)).map([](const PgRows& rows) {
    return all_of<RunTimesOf>(rows, [](ReportRow& row, RunTimesOf& times) {
      times.predicted_s = row.sum();
      times.jobs = row.count();
      for (double* figure : {&times.tenth_s, &times.half_s, &times.nine_tenths_s}) *figure = row.sum();
    });
  });
}

}  // namespace foreshape
