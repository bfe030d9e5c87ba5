// SPDX-License-Identifier: GPL-2.0-or-later
// sshape: what jobs requested, what was predicted and planned for them, and what they used.

#include <charconv>
#include <cstdio>
#include <exception>
#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include "predictor/base/clock.h"
#include "predictor/base/text.h"
#include "sql/memory_savings.h"
#include "sql/pg.h"
#include "tools/cli/time_words.h"
#include "tools/sshape/html/report_page.h"
#include "tools/sshape/html/report_view.h"
#include "tools/sshape/job_fields.h"
#include "tools/sshape/job_view.h"
#include "tools/sshape/name_fields.h"
#include "tools/sshape/next_request.h"
#include "tools/sshape/prometheus.h"
#include "tools/sshape/report_json.h"
#include "tools/sshape/savings_fields.h"
#include "tools/sshape/savings_metrics.h"
#include "tools/sshape/shadow_fields.h"
#include "tools/sshape/shadow_view.h"
#include "tools/sshape/sshape_options.h"
#include "tools/sshape/staging_fields.h"
#include "tools/sshape/summary_fields.h"
#include "tools/sshape/table_view.h"
#include "tools/sshape/view_fields.h"
#include "tools/sshape/why_view.h"

namespace foreshape {
namespace {

constexpr const char* kProgram = "sshape";

Caller caller() {
  const uid_t uid = ::geteuid();
  const passwd* entry = ::getpwuid(uid);  // single-threaded: the buffer is ours until the next call
  return {entry == nullptr ? fmt::format("{}", uid) : std::string(entry->pw_name), uid == 0,
          SystemClock{}.now_s(), ::isatty(STDOUT_FILENO) == 1};
}

/// Four to a line, as sacct lists them.
void print_field_names(View view) {
  int n = 0;
  for (const FieldName& field : field_names(view)) {
    fmt::print("{}{:<19}", n % 4 == 0 ? (n > 0 ? "\n" : "") : " ", field.name);
    ++n;
  }
  fmt::print("\n");
}

/// Says so where the store will hide what was requested: an empty table would look like "no such jobs".
void print_note(const ShapeOptions& options, const Viewer& viewer) {
  if (viewer.is_operator || !options.wants_others) return;
  const bool own_only = options.filter.users.size() == 1 && options.filter.users.front() == viewer.role;
  if (own_only) return;
  fmt::print(stderr,
             "{}: note: as {} you see your own jobs only; all are shown to members of foreshape_operator\n",
             kProgram, harmless(viewer.role));
}

bool has_local_account(const std::string& user) {
  if (user.find_first_not_of("0123456789") != user.npos) return ::getpwnam(user.c_str()) != nullptr;
  uid_t uid = 0;
  const auto [end, error] = std::from_chars(user.data(), user.data() + user.size(), uid);
  return error == std::errc{} && ::getpwuid(uid) != nullptr;
}

/// An empty table for a name that nobody has would look like "no jobs". Users without an account on this
/// machine are known by their jobs in the store.
Result<void> check_users(Pg& db, const ShapeOptions& options) {
  if (!options.wants_others) return {};  // nobody was named
  for (const std::string& user : options.filter.users) {
    if (has_local_account(user)) continue;
    const auto known = knows_user(db, user);
    if (!known) return tl::make_unexpected(known.error());
    if (!*known)
      return failure(
          ErrorCode::not_found,
          fmt::format("no user '{}' on this machine, and no job of theirs in the store that you may see",
                      user));
  }
  return {};
}

Result<void> show_jobs(Pg& db, const ShapeOptions& options) {
  return print_rows<ReportedJob>(
      options, "jobs",
      [&](const std::vector<Column>& columns, const ReportedJob& job) {
        return job_texts(columns, job, options.unit);
      },
      [&](const auto& show) { return for_each_job(db, options.filter, show); });
}

Result<void> show_summary(Pg& db, const ShapeOptions& options) {
  auto users = summarize_users(db, options.filter, options.summary_by);
  if (!users) return tl::make_unexpected(users.error());
  if (users->size() != 1) users->push_back(total_of(*users, options.summary_by));
  return print_rows<UserSummary>(options, "summary", summary_texts, [&](const auto& show) -> Result<void> {
    for (const UserSummary& user : *users) show(user);
    return {};
  });
}

Result<void> show_names(Pg& db, const ShapeOptions& options) {
  const auto names = summarize_names(db, options.filter);
  if (!names) return tl::make_unexpected(names.error());
  if (options.sbatch) {
    print(sbatch_text_of(*names));
    return {};
  }
  return print_rows<NameSummary>(options, "names", name_texts, [&](const auto& show) -> Result<void> {
    for (const NameSummary& name : *names) show(name);
    return {};
  });
}

Result<void> show_holds(Pg& db, const ShapeOptions& options) {
  const auto holds = select_holds(db, options.filter);
  if (!holds) return tl::make_unexpected(holds.error());
  return print_rows<ReportedHold>(options, "holds", hold_texts, [&](const auto& show) -> Result<void> {
    for (const ReportedHold& hold : *holds) show(hold);
    return {};
  });
}

std::vector<UnixSeconds> weeks_of(const JobFilter& filter) {
  constexpr std::size_t kMaxWeeks = 5'200;  // a century; without --starttime all weeks since 1970
  return mondays(filter.start_s.value_or(0), filter.end_s.value_or(0), kMaxWeeks);
}

Result<void> show_savings(Pg& db, const ShapeOptions& options) {
  auto savings = memory_savings(db, options.filter, options.by, weeks_of(options.filter));
  if (!savings) return tl::make_unexpected(savings.error());
  const MemorySavings total = total_of(*savings);
  if (savings->size() != 1) savings->push_back(total);
  if (!options.json && total.unknown > 0)
    fmt::print(stderr, "{}: note: {}", kProgram, unknown_runs_text(total));
  return print_rows<MemorySavings>(options, "savings", savings_texts, [&](const auto& show) -> Result<void> {
    for (const MemorySavings& one : *savings) show(one);
    return {};
  });
}

Result<void> show_shadow(Pg& db, const ShapeOptions& options, const Viewer& viewer) {
  const auto weeks = ask_shadow(db, options.filter, viewer);
  if (!weeks) return tl::make_unexpected(weeks.error());
  if (options.prose && !options.json) {
    print(shadow_mail(*weeks));
    return {};
  }
  return print_rows<ShadowWeek>(options, "weeks", shadow_texts, [&](const auto& show) -> Result<void> {
    for (const ShadowWeek& week : *weeks) show(week);
    return {};
  });
}

Result<void> show_staging(Pg& db, const ShapeOptions& options) {
  const auto weeks = select_staging(db, options.filter);
  if (!weeks) return tl::make_unexpected(weeks.error());
  return print_rows<StagingWeek>(options, "weeks", staging_texts, [&](const auto& show) -> Result<void> {
    for (const StagingWeek& week : *weeks) show(week);
    return {};
  });
}

Result<void> show_page(Pg& db, const ShapeOptions& options, const Viewer& viewer) {
  const auto report = ask_report(db, options.filter, viewer, weeks_of(options.filter));
  if (!report) return tl::make_unexpected(report.error());
  return write_page(options.page, report_page(*report));
}

Result<void> show_prometheus(Pg& db, const ShapeOptions& options) {
  auto users = summarize_users(db, options.filter);
  if (!users) return tl::make_unexpected(users.error());
  const auto holds = select_holds(db, options.filter);
  if (!holds) return tl::make_unexpected(holds.error());
  auto savings = memory_savings(db, options.filter, SavingsBy::user, weeks_of(options.filter));
  if (!savings) return tl::make_unexpected(savings.error());
  if (!options.wants_others) {
    *users = {total_of(*users)};
    *savings = {total_of(*savings)};
  }
  const JobFilter& filter = options.filter;
  print(prometheus_text(*users, options.wants_others, *holds,
                        {filter.start_s.value_or(0), filter.end_s.value_or(0)}) +
        savings_metrics(*savings, options.wants_others));
  return {};
}

Result<void> show_view(Pg& db, const ShapeOptions& options, const Viewer& viewer) {
  switch (options.view) {
    case View::jobs:
      return show_jobs(db, options);
    case View::job:
      return show_job(db, options);
    case View::summary:
      return show_summary(db, options);
    case View::names:
      return show_names(db, options);
    case View::holds:
      return show_holds(db, options);
    case View::savings:
      return show_savings(db, options);
    case View::shadow:
      return show_shadow(db, options, viewer);
    case View::stage:
      return show_staging(db, options);
    case View::html:
      return show_page(db, options, viewer);
    case View::why:
      return show_why(db, options);
    case View::prometheus:
      return show_prometheus(db, options);
  }
  return {};
}

Result<void> show(const ShapeOptions& options) {
  auto db = Pg::connect(options.database);
  if (!db) return tl::make_unexpected(db.error());
  const auto who = viewer(*db);
  if (!who) return tl::make_unexpected(who.error());
  print_note(options, *who);
  return show_view(*db, options, *who).and_then([&] { return check_users(*db, options); });
}

int run(const Args& args) {
  const auto options = parse_shape_options(args, caller());
  if (!options) return options.error();
  if (options->help_format) {
    print_field_names(options->view);
    return kDone;
  }
  // A wrong --format is the caller's mistake, to be told before the database is asked.
  if (const auto columns = parse_format(options->format, field_names(options->view));
      !options->json && !columns)
    return report_usage(kProgram, columns.error().message);
  if (const auto shown = show(*options); !shown) return report_failure(kProgram, shown.error());
  return kDone;
}

}  // namespace
}  // namespace foreshape

int main(int argc, char** argv) {
  try {
    return foreshape::after_output("sshape", foreshape::run(foreshape::Args(argv + 1, argv + argc)));
  } catch (const std::exception& e) {
    return foreshape::report_failure("sshape", {foreshape::ErrorCode::internal, e.what()});
  }
}
