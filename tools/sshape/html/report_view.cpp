// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/html/report_view.h"

#include <algorithm>
#include <cstdio>
#include <fmt/ranges.h>
#include <functional>
#include <sys/stat.h>

#include "sql/pg.h"
#include "tools/cli/owned_file.h"

namespace foreshape {
namespace {

/// Moves what was answered into its place.
template <class T>
Result<void> keep(Result<T> answer, T& place) {
  if (!answer) return tl::make_unexpected(std::move(answer.error()));
  place = std::move(*answer);
  return {};
}

std::string whose_jobs(const JobFilter& filter, const Viewer& viewer) {
  constexpr std::size_t kNamed = 5;
  if (filter.users.empty()) return viewer.is_operator ? "all users" : viewer.role;
  if (filter.users.size() > kNamed) return fmt::format("{} users", filter.users.size());
  return fmt::format("{}", fmt::join(filter.users, ", "));
}

void settle_totals(WeeklyReport& report) {
  if (!report.waits.empty()) {
    report.all_waits = report.waits.back();
    report.waits.pop_back();
  }
  report.all_savings = total_of(report.savings);
  std::ranges::stable_sort(report.users, std::ranges::greater{}, &UserSummary::core_hours_used);
}

}  // namespace

Result<WeeklyReport> ask_report(Pg& db, const JobFilter& filter, const Viewer& viewer,
                                std::span<const UnixSeconds> weeks) {
  WeeklyReport report;
  report.whose = whose_jobs(filter, viewer);
  report.start_s = filter.start_s.value_or(0);
  report.end_s = filter.end_s.value_or(0);
  const auto asked =
      keep(weekly_waits(db, filter, weeks), report.waits)
          .and_then([&] { return keep(calibrations(db, filter), report.calibrations); })
          .and_then([&] { return keep(run_times_by_prediction(db, filter), report.run_times); })
          .and_then([&] { return keep(select_holds(db, filter), report.holds); })
          .and_then([&] { return keep(memory_savings(db, filter, SavingsBy::week, weeks), report.savings); })
          .and_then([&] { return keep(summarize_users(db, filter), report.users); })
          .and_then(
              [&] { return keep(memory_savings(db, filter, SavingsBy::user, weeks), report.user_savings); });
  if (!asked) return tl::make_unexpected(asked.error());
  settle_totals(report);
  return report;
}

Result<void> write_page(const std::string& path, const std::string& page) {
  if (path.empty()) {
    std::fwrite(page.data(), 1, page.size(),
                stdout);  // whether it arrived is looked at when the program ends
    return {};
  }
  const mode_t mask = ::umask(0);
  ::umask(mask);
  constexpr mode_t kReadable = 0644;
  return replace_owned_file(path, page, kReadable & ~mask, "");
}

}  // namespace foreshape
