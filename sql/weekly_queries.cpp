// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/weekly_queries.h"

#include <algorithm>
#include <fmt/ranges.h>

#include "sql/pg.h"
#include "sql/queries.h"
#include "sql/report_params.h"
#include "sql/report_row.h"

namespace foreshape {

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
      Calibration& of = row.text() == "memory" ? found.memory : found.run_time;
      const auto above = static_cast<std::size_t>(std::max<std::int64_t>(row.count(), 0));
      const std::int64_t jobs = row.count();
      of.jobs += jobs;
      for (std::size_t level = above; level < of.within.size(); ++level) of.within[level] += jobs;
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
