// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/html/report_tables.h"

#include <algorithm>
#include <fmt/format.h>

#include "replay/html/html_table.h"
#include "replay/html/html_text.h"
#include "tools/sshape/html/report_plots.h"

namespace foreshape {
namespace {

std::string whole(std::int64_t n) { return fmt::format("{}", n); }
std::string tenths(double value) { return fmt::format("{:.1f}", value); }

std::optional<double> part_of(double part, double all) {
  return all > 0 ? std::optional(part / all) : std::nullopt;
}

std::vector<std::string> waits_row(std::string name, const WeekWaits& week) {
  const bool any = week.started > 0;
  return {std::move(name), whole(week.jobs), any ? duration_text(week.mean_s) : "\xE2\x80\x93",
          any ? duration_text(week.median_s) : "\xE2\x80\x93"};
}

std::vector<std::string> savings_row(std::string name, const MemorySavings& s) {
  return {std::move(name),
          tenths(s.gib_hours_requested),
          tenths(s.gib_hours_allocated),
          tenths(s.gib_hours_given_back),
          whole(s.killed),
          tenths(s.gib_hours_lost),
          tenths(s.core_hours_lost),
          tenths(s.gib_hours_unused)};
}

std::vector<std::string> holds_row(const std::vector<ReportedHold>& holds, bool dry_run) {
  std::int64_t made = 0, hit = 0, missed = 0, idle_node_s = 0;
  for (const ReportedHold& hold : holds) {
    if (hold.dry_run != dry_run) continue;
    ++made;
    hit += hold.hits > 0 ? 1 : 0;
    missed += hold.hits == 0 && hold.closed_s > 0 ? 1 : 0;
    idle_node_s += hold.idle_node_s;
  }
  return {dry_run ? "dry run" : "held",
          whole(made),
          whole(hit),
          whole(missed),
          whole(made - hit - missed),
          tenths(static_cast<double>(idle_node_s) / 3'600)};
}

const MemorySavings* savings_of(const WeeklyReport& report, const std::string& user) {
  const auto found = std::ranges::find(report.user_savings, user, &MemorySavings::group);
  return found == report.user_savings.end() ? nullptr : &*found;
}

std::vector<std::string> user_row(const WeeklyReport& report, const UserSummary& user) {
  const MemorySavings* savings = savings_of(report, user.user);
  return {"<bdi>" + html_escaped(user.user) + "</bdi>",
          whole(user.jobs),
          tenths(user.core_hours_used),
          share_words(part_of(user.core_hours_used, user.core_hours_requested)),
          share_words(part_of(user.gib_hours_used, user.gib_hours_requested)),
          tenths(savings != nullptr ? savings->gib_hours_given_back : 0)};
}

}  // namespace

std::string share_words(std::optional<double> share) {
  return share ? fmt::format("{:.1f} %", 100 * *share) : "\xE2\x80\x93";
}

std::string calibrations_table(const Calibrations& calibrations) {
  HtmlTable table{"calibration",
                  "Share of jobs within each predicted quantile",
                  {"Predicted to be enough for", "Run time was", "Memory was"},
                  {}};
  for (std::size_t i = 0; i < kQuantileLevels.size(); ++i)
    table.rows.push_back({fmt::format("{:g} %", 100 * kQuantileLevels[i]),
                          share_words(calibrations.run_time.share_within(i)),
                          share_words(calibrations.memory.share_within(i))});
  return html_table(table);
}

std::string run_times_table(const std::vector<RunTimesOf>& times) {
  HtmlTable table{"run-times",
                  "What jobs ran that were predicted about as long",
                  {"Predicted", "Jobs", "A tenth ran up to", "Half ran up to", "Nine tenths ran up to"},
                  {}};
  for (const RunTimesOf& t : times)
    table.rows.push_back({duration_text(t.predicted_s), whole(t.jobs), duration_text(t.tenth_s),
                          duration_text(t.half_s), duration_text(t.nine_tenths_s)});
  return html_table(table);
}

std::string waits_table(const WeeklyReport& report) {
  HtmlTable table{"waits",
                  "Waits of jobs by the week in which they ended",
                  {"Week of", "Jobs", "Mean wait", "Median wait"},
                  {}};
  for (const WeekWaits& week : report.waits) table.rows.push_back(waits_row(day_of(week.week_s), week));
  table.rows.push_back(waits_row("All", report.all_waits));
  return html_table(table);
}

std::string holds_table(const std::vector<ReportedHold>& holds) {
  HtmlTable table{"holds",
                  "Nodes held for jobs before they were submitted",
                  {"Holds", "Made", "Hit", "Missed", "Open", "Node-hours idle"},
                  {}};
  table.rows.push_back(holds_row(holds, false));
  if (std::ranges::any_of(holds, &ReportedHold::dry_run)) table.rows.push_back(holds_row(holds, true));
  return html_table(table);
}

std::string savings_table(const WeeklyReport& report) {
  HtmlTable table{"savings",
                  "GiB-hours by the week in which runs ended",
                  {"Week of", "Requested", "Allocated", "Given back", "Kills", "Lost", "Core-hours lost",
                   "Allocated, not used"},
                  {}};
  for (const MemorySavings& week : report.savings)
    table.rows.push_back(savings_row(day_of(week.week_s), week));
  table.rows.push_back(savings_row("All", report.all_savings));
  return html_table(table);
}

std::string users_table(const WeeklyReport& report) {
  constexpr std::size_t kShown = 10;
  HtmlTable table{"users",
                  "Users with the most core-hours",
                  {"User", "Jobs", "Core-hours", "Used of the time requested", "Used of the memory requested",
                   "GiB-hours given back"},
                  {}};
  for (std::size_t i = 0; i < std::min(kShown, report.users.size()); ++i)
    table.rows.push_back(user_row(report, report.users[i]));
  return html_table(table);
}

}  // namespace foreshape
