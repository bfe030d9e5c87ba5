// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/sshape_options.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fmt/format.h>
#include <utility>
#include <vector>

#include "tools/cli/lists.h"
#include "tools/cli/options.h"
#include "tools/cli/state_names.h"
#include "tools/cli/time_options.h"
#include "tools/cli/time_words.h"
#include "tools/sshape/shape_command_line.h"
#include "tools/sshape/state_colour.h"
#include "tools/sshape/view_fields.h"
#include "tools/sshape/view_options.h"

namespace foreshape {
namespace {

constexpr const char* kProgram = "sshape";

std::vector<std::string> list(const ParsedOptions& parsed, const char* option) {
  std::vector<std::string> words;
  if (!parsed.has(option)) return words;
  for (const std::string& part : parsed.values[option].as<std::vector<std::string>>())
    for (std::string& word : split_list(part)) words.push_back(std::move(word));
  return words;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

/// "12.batch" and "12.0" are steps of job 12, which is what we know of.
std::vector<std::string> without_steps(std::vector<std::string> jobs) {
  for (std::string& job : jobs) job = job.substr(0, job.find('.'));
  return jobs;
}

/// 123, 123_4 (a task) or 123+1 (a component).
bool is_job_number(std::string_view text) {
  const auto digits = [](std::string_view part) {
    return !part.empty() && part.size() <= 18 && part.find_first_not_of("0123456789") == part.npos;
  };
  const std::size_t mark = text.find_first_of("_+.");
  if (mark == text.npos) return digits(text);
  return digits(text.substr(0, mark)) && (text[mark] == '.' || digits(text.substr(mark + 1)));
}

Result<void> check_jobs(const std::vector<std::string>& jobs) {
  for (const std::string& job : jobs)
    if (!is_job_number(job))
      return failure(ErrorCode::invalid_input,
                     fmt::format("'{}' is no job's number, such as 123, 123_4 or 123+1", job.substr(0, 64)));
  return {};
}

template <class By, std::size_t N>
Result<void> choose_by(const std::string& word, const std::array<std::pair<std::string_view, By>, N>& known,
                       const char* words, By& by) {
  for (const auto& [name, value] : known)
    if (name == word) {
      by = value;
      return {};
    }
  return failure(ErrorCode::invalid_input, fmt::format("--by takes {}, not '{}'", words, word.substr(0, 64)));
}

Result<void> read_by(const ParsedOptions& parsed, ShapeOptions& options) {
  using Savings = std::pair<std::string_view, SavingsBy>;
  using Summary = std::pair<std::string_view, SummaryBy>;
  static constexpr std::array kSavings{Savings{"week", SavingsBy::week}, Savings{"user", SavingsBy::user},
                                       Savings{"qos", SavingsBy::qos}};
  static constexpr std::array kSummary{Summary{"user", SummaryBy::user},
                                       Summary{"account", SummaryBy::account},
                                       Summary{"name", SummaryBy::name}, Summary{"array", SummaryBy::array}};
  if (!parsed.has("by")) return {};
  if (options.view == View::savings)
    return choose_by(parsed.text("by"), kSavings, "week, user or qos", options.by);
  return choose_by(parsed.text("by"), kSummary, "user, account, name or array", options.summary_by);
}

/// As it was written: a file's name may have a comma.
std::string page_file(const ParsedOptions& parsed) {
  std::string path;
  if (!parsed.has("format")) return path;
  for (const std::string& part : parsed.values["format"].as<std::vector<std::string>>())
    path += (path.empty() ? "" : ",") + part;
  return path;
}

/// --me alone: a summary by name, as other tools show one's own jobs.
bool is_about_me(const ParsedOptions& parsed) {
  return parsed.has("me") && parsed.operands.empty() && !parsed.has("summary") && !parsed.has("jobs");
}

/// Where the window begins unless the user says otherwise.
UnixSeconds first_day(const ParsedOptions& parsed, const Caller& caller) {
  constexpr UnixSeconds kFourWeeks_s = UnixSeconds{28} * 86'400;
  for (const char* by_week : {"shadow", "savings", "stage", "html"})
    if (is_view(parsed, by_week)) return monday_before(caller.now - kFourWeeks_s);
  return midnight_before(is_about_me(parsed) ? caller.now - kFourWeeks_s : caller.now);
}

/// sacct's default time window: see DEFAULT TIME WINDOW in its manual.
Result<void> read_window(const ParsedOptions& parsed, const Caller& caller, JobFilter& filter) {
  const auto span = time_span(parsed, caller.now);
  if (!span) return tl::make_unexpected(span.error());
  filter.start_s = span->start_s;
  filter.end_s = span->end_s.value_or(caller.now);
  if (!filter.start_s && filter.jobs.empty())
    filter.start_s = filter.states.empty() ? first_day(parsed, caller) : caller.now;
  if (filter.start_s && *filter.start_s > *filter.end_s)
    return failure(ErrorCode::invalid_input, "--starttime is after --endtime");
  return {};
}

Result<void> read_users(const ParsedOptions& parsed, const Caller& caller, ShapeOptions& options) {
  options.wants_others = parsed.has("user") || parsed.has("allusers");
  if (parsed.has("me") && options.wants_others)
    return failure(ErrorCode::invalid_input, "--me is your own jobs: leave out --user and --allusers");
  options.filter.users = list(parsed, "user");
  // Who names users wants them, whatever else is said: everybody's jobs for carol's would be a wrong answer.
  // As in sacct: a job by its number is shown whoever it belongs to, and root means everybody.
  const bool all = parsed.has("allusers") || caller.is_root || !options.filter.jobs.empty() ||
                   options.view == View::shadow;
  if (options.filter.users.empty() && (!all || parsed.has("me"))) options.filter.users = {caller.user};
  return {};
}

Result<void> read_view(const ParsedOptions& parsed, ShapeOptions& options) {
  static constexpr std::array<std::pair<std::string_view, View>, 10> kViews{{{"jobs", View::jobs},
                                                                             {"summary", View::summary},
                                                                             {"names", View::names},
                                                                             {"holds", View::holds},
                                                                             {"savings", View::savings},
                                                                             {"shadow", View::shadow},
                                                                             {"stage", View::stage},
                                                                             {"html", View::html},
                                                                             {"prometheus", View::prometheus},
                                                                             {"why", View::why}}};
  if (parsed.has("summary")) options.view = View::summary;
  if (is_about_me(parsed)) options.view = View::names;
  if (parsed.operands.empty()) return {};
  const std::string& word = parsed.operands.front();
  if (is_job_number(word)) {
    options.view = View::job;
    options.filter.jobs.insert(options.filter.jobs.end(), parsed.operands.begin(), parsed.operands.end());
    return {};
  }
  const auto* const found =
      std::find_if(kViews.begin(), kViews.end(), [&](const auto& v) { return v.first == word; });
  if (found == kViews.end())
    return failure(
        ErrorCode::invalid_input,
        fmt::format("unknown view '{}': jobs, summary, names, holds, savings, shadow, stage, html, "
                    "prometheus or why; or a job's number",
                    word.substr(0, 64)));
  options.view = found->second;
  const bool has_job = parsed.operands.size() > 1;
  if (options.view == View::why && has_job) options.filter.jobs.push_back(parsed.operands[1]);
  if (options.view == View::why && options.filter.jobs.empty())
    return failure(ErrorCode::invalid_input, "why: which job? 'sshape why JOBID'");
  if (options.view != View::why && has_job)
    return failure(ErrorCode::invalid_input,
                   fmt::format("unexpected word '{}'", parsed.operands[1].substr(0, 64)));
  return {};
}

std::string format_of(const ParsedOptions& parsed, const ShapeOptions& options) {
  const bool is_long = parsed.has("long");
  const bool is_page = options.view == View::html;
  if (parsed.has("format") && !is_page) return joined(list(parsed, "format"));
  const bool is_of_jobs = options.view == View::jobs || (options.view == View::job && options.prose);
  const char* from_environment = is_of_jobs && !is_long ? std::getenv("SSHAPE_FORMAT") : nullptr;
  return from_environment == nullptr ? default_format(options, is_long) : from_environment;
}

Result<void> read_style(const ParsedOptions& parsed, ShapeOptions& options) {
  options.sbatch = parsed.has("sbatch");
  if (options.sbatch && (options.view != View::names || parsed.has("json")))
    return failure(ErrorCode::invalid_input,
                   "--sbatch goes with the view names, or with --me, without --json");
  options.json = parsed.has("json");
  options.help_format = parsed.has("helpformat");
  for (const char* table : {"format", "long", "parsable", "parsable2"})
    if (parsed.has(table)) options.prose = false;
  options.style.heading = !parsed.has("noheader");
  if (parsed.has("parsable")) options.style.separation = Separation::bars_after_all;
  if (parsed.has("parsable2")) options.style.separation = Separation::bars_between;
  if (parsed.has("delimiter")) options.style.delimiter = parsed.text("delimiter");
  if (!parsed.has("units")) return {};
  options.unit = parse_unit(parsed.text("units"));
  if (!options.unit) return failure(ErrorCode::invalid_input, "--units takes one of K, M, G, T, P");
  return {};
}

Result<void> read_colour(const ParsedOptions& parsed, const Caller& caller, ShapeOptions& options) {
  const auto when = parse_colour(parsed.has("color") ? parsed.text("color") : "auto");
  if (!when)
    return failure(ErrorCode::invalid_input, fmt::format("--color takes auto, always or never, not '{}'",
                                                         parsed.text("color").substr(0, 64)));
  if (wants_colour(*when, caller.has_terminal, std::getenv("NO_COLOR"), std::getenv("TERM")))
    options.style.colour = state_colour;
  return {};
}

Result<ShapeOptions> options_of(const ParsedOptions& parsed, const Caller& caller) {
  ShapeOptions options;
  JobFilter& filter = options.filter;
  filter.accounts = list(parsed, "accounts");
  filter.partitions = list(parsed, "partition");
  filter.qos = list(parsed, "qos");
  filter.clusters = list(parsed, "clusters");
  filter.names = list(parsed, "name");
  filter.jobs = list(parsed, "jobs");
  options.database = database(parsed);
  if (auto viewed = read_view(parsed, options); !viewed) return tl::make_unexpected(viewed.error());
  filter.jobs = without_steps(std::move(filter.jobs));
  if (auto numbers = check_jobs(filter.jobs); !numbers) return tl::make_unexpected(numbers.error());
  auto states = parse_states(joined(list(parsed, "state")));
  if (!states) return tl::make_unexpected(states.error());
  filter.states = std::move(*states);
  if (auto fits = check_view(parsed); !fits) return tl::make_unexpected(fits.error());
  if (auto by = read_by(parsed, options); !by) return tl::make_unexpected(by.error());
  if (auto window = read_window(parsed, caller, filter); !window) return tl::make_unexpected(window.error());
  if (auto users = read_users(parsed, caller, options); !users) return tl::make_unexpected(users.error());
  if (auto style = read_style(parsed, options); !style) return tl::make_unexpected(style.error());
  if (auto colour = read_colour(parsed, caller, options); !colour) return tl::make_unexpected(colour.error());
  options.format = format_of(parsed, options);
  if (options.view == View::html) options.page = page_file(parsed);
  if (options.view == View::html && parsed.has("format") && options.page.empty())
    return failure(ErrorCode::invalid_input,
                   "html: -o takes the name of a file; without it the page is printed");
  return options;
}

}  // namespace

tl::expected<ShapeOptions, ExitCode> parse_shape_options(const Args& args, const Caller& caller) {
  const ParsedOptions parsed = parse_options(shape_command_line(), args);
  if (parsed.finished) return tl::make_unexpected(*parsed.finished);
  return options_of(parsed, caller).map_error([](const Error& e) {
    return ExitCode{report_usage(kProgram, e.message)};
  });
}

}  // namespace foreshape
