// SPDX-License-Identifier: GPL-2.0-or-later
// Every view of sshape in every format that it has: a user finds nothing of others in it, and whatever users call their
// jobs, accounts and themselves, it stays well formed.

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "predictor/base/text.h"
#include "tests/tools/sshape/sshape_runner.h"

namespace foreshape {
namespace {

using Words = std::vector<std::string>;

enum class Format { text, long_text, bars, long_bars, json, page, gauges };

constexpr Format kTables[] = {Format::text, Format::long_text, Format::bars, Format::long_bars, Format::json};

Words options_of(Format format) {
  switch (format) {
    case Format::long_text:
      return {"-l"};
    case Format::bars:
      return {"-P"};
    case Format::long_bars:
      return {"-lP"};
    case Format::json:
      return {"--json"};
    default:
      return {};
  }
}

struct ViewCase {
  Words words;
  bool names_users;  ///< an operator finds in it whose the jobs are
  std::vector<Format> formats;
  bool is_table = true;  ///< as text: a heading, and lines as wide as it
};

const std::vector<Format> kAllTables(std::begin(kTables), std::end(kTables));
const std::vector<Format> kTextAndJson = {Format::text, Format::json};

/// job: for the views that are about one.
std::vector<ViewCase> views(const std::string& job) {
  const Words window = {"-a", "-S", "2026-11-16", "-E", "2026-11-23"};
  std::vector<ViewCase> cases = {
      {{"jobs"}, true, kAllTables},
      {{"summary"}, true, kAllTables},
      {{"summary", "--by=account"}, true, kAllTables},
      {{"summary", "--by=name"}, true, kAllTables},
      {{"summary", "--by=array"}, true, kAllTables},
      {{"names"}, true, kAllTables},
      {{"names", "--sbatch"}, true, {Format::text}, false},
      {{"holds"}, true, kAllTables},
      {{"stage"}, true, kAllTables},
      {{"savings", "--by=week"}, false, kAllTables},
      {{"savings", "--by=user"}, true, kAllTables},
      {{"savings", "--by=qos"}, true, kAllTables},
      {{"html"}, true, {Format::page}, false},
      {{"prometheus"}, true, {Format::gauges}, false},
  };
  for (ViewCase& view : cases) view.words.insert(view.words.end(), window.begin(), window.end());
  cases.push_back({{"shadow", "-S", "2026-11-16", "-E", "2026-11-23"}, false, kAllTables, false});
  cases.push_back({{"why", job}, true, kTextAndJson, false});
  cases.push_back({{job}, true, kTextAndJson, false});
  cases.push_back({{job}, true, {Format::long_text, Format::bars, Format::long_bars}});
  return cases;
}

/// Each is somebody's own name, and that of their job, account, partition, QOS, hold and data.
const std::vector<std::string> kHostile = {
    "=cmd()",
    "+1+cmd|'/c calc'!A0",
    "@SUM(1)",
    "-2+3",
    "<script>alert(1)</script>",
    "\" onload=\"alert(1)",
    "' onload='alert(1)",
    "&lt;b&gt;<!--",
    "\x1b[2J\x1b]0;x\x07\b",
    "two\nlines\r\n#SBATCH --uid=0",
    "tab\tand\vmore",
    "\"quoted\" 'twice'",
    "back\\slash\\",
    "\\\"} 1\nforeshape_jobs{user=\"root",
    "a|b||c",
    "{\"json\": [1",
    "$(touch x) `id` %s%n {} {0}",
    "\xf0\x9f\x92\xa3\xf0\x9d\x94\x98",
    "\xc2\x9b"
    "31m",
    "\xe2\x80\xae"
    "reversed\xe2\x80\xa8line",
};

std::string quoted(const std::string& text) {
  std::string literal = "E'";
  for (const char c : text) {
    if (c == '\\' || c == '\'') literal += c;
    literal += c;
  }
  return literal + "'";
}

/// A user with a job of each kind that a view shows: name stands wherever a text is theirs to choose. The jobs' numbers
/// are job and job + 1, the latter a task of an array.
std::string rows_of(const std::string& user, std::int64_t uid, const std::string& name, std::int64_t job) {
  return fmt::format(R"sql(
INSERT INTO foreshape.person VALUES ('lab', {1}, {0}, {2});
INSERT INTO foreshape.job (cluster, job_id, job_id_text, token, submit_time, start_time, end_time, state, uid, user_name,
  account, partition, qos, job_name, requested_nodes, requested_cpus, requested_gpus, requested_memory_bytes, requested_limit_s,
  allocated_nodes, allocated_cpus, run_s, peak_memory_bytes, cpu_efficiency, allocated_memory_bytes, memory_is_shaped)
SELECT 'lab', {3} + i, CASE i WHEN 0 THEN '{3}' ELSE '{3}_' || i END, {3} + i, '2026-11-20 12:00+00', '2026-11-20 12:01+00',
  '2026-11-20 12:41+00', 'COMPLETED', {1}, {0}, {2}, {2}, {2}, {2}, 1, 16, 4, 64::bigint << 30, 86400, 1, 16, 2400,
  5::bigint << 30, .1, 8::bigint << 30, true FROM generate_series(0, 5) AS i;
INSERT INTO foreshape.decision (cluster, token, uid, submit_time, run_time_mode, memory_mode, cpus_mode, io_mode,
  order_offset_s, may_use_pool, opted_out, decided_in_ns, order_is_dry, shaped_memory_bytes) VALUES
 ('lab', {3}, {1}, '2026-11-20 12:00+00', 'observe', 'dry-run', 'off', 'off', 90000, false, false, 9, true, 4::bigint << 30);
INSERT INTO foreshape.pre_allocation (cluster, reservation, created_at, kind, partition, user_name, nodes, dry_run, closed_at,
  hits, idle_node_s) VALUES
 ('lab', {2} || {3}, '2026-11-20 12:00+00', 'personal', {2}, {0}, 1, false, '2026-11-20 12:10+00', 1, 3600);
INSERT INTO foreshape.stage_event (cluster, journal, sequence, at, uid, step, job_id, bytes, copy_ms, uses, user_number, source,
  file_system, reason) VALUES
 ('lab', 's', {3}, '2026-11-20 10:00+00', {1}, 'used', {3}, 10::bigint << 30, 62000, 0, 1, {2}, {2}, {2});
)sql",
                     quoted(user), uid, quoted(name), job);
}

constexpr std::int64_t kOwnJob = 5'000, kOthersJob = 99'880'017, kHostileJob = 7'000'000;

class SshapeFormats : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    ::setenv("TZ", "UTC", 1);
    ::unsetenv("SSHAPE_FORMAT");
    const std::string months = "SELECT foreshape.add_month('job', '2026-11-20');\n";
    secret_ = filled(months + rows_of("alina", 777'001, "own", kOwnJob) +
                     rows_of("victim", 777'123, "victim", kOthersJob) +
                     "CREATE ROLE alina LOGIN IN ROLE foreshape_reader;"
                     "CREATE ROLE oskar LOGIN IN ROLE foreshape_operator;");
    std::string rows = months;
    for (std::size_t i = 0; i < kHostile.size(); ++i) {
      const auto n = static_cast<std::int64_t>(i);
      rows += rows_of(kHostile[i], 3'000 + n, kHostile[i], kHostileJob + 100 * n);
    }
    hostile_ = filled(rows);
  }
  static std::string filled(const std::string& rows) {
    const std::string database = PgServer::instance().new_database();
    const auto done = PgServer::instance().connect(database).script(rows);
    EXPECT_TRUE(done) << done.error().message;
    return database;
  }
  static Said run(const std::string& database, const std::string& role, const ViewCase& view, Format format) {
    Words words = view.words;
    const Words options = options_of(format);
    words.insert(words.end(), options.begin(), options.end());
    return run_sshape(database, role, words);
  }

  static inline std::string secret_, hostile_;
};

/// The lines of standard output: what is a note was on standard error.
Words lines_of(const std::string& text) {
  Words lines;
  std::istringstream all(text);
  for (std::string line; std::getline(all, line);)
    if (!line.starts_with("sshape: note")) lines.push_back(line);
  return lines;
}

std::ptrdiff_t characters(const std::string& utf8) {
  return std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xC0) != 0x80; });
}

void expect_no_control_characters(const std::string& text) {
  for (const std::string& line : lines_of(text)) {
    EXPECT_EQ(harmless(line), line);
    for (const char c : line) EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) << line;
  }
}

void expect_table(const std::string& text) {
  const Words lines = lines_of(text);
  ASSERT_GT(lines.size(), 2U) << text;
  for (const std::string& line : lines) EXPECT_EQ(characters(line), characters(lines.front())) << line;
}

void expect_bars(const std::string& text) {
  const Words lines = lines_of(text);
  ASSERT_GT(lines.size(), 1U) << text;
  const auto bars = [](const std::string& line) { return std::count(line.begin(), line.end(), '|'); };
  for (const std::string& line : lines) {
    EXPECT_EQ(bars(line), bars(lines.front())) << line;
    std::istringstream fields(line);
    for (std::string field; std::getline(fields, field, '|');) {
      double number = 0;
      const char* end = field.data() + field.size();
      const bool is_number = std::from_chars(field.data(), end, number).ptr == end;
      EXPECT_TRUE(field.empty() || is_number ||
                  std::string_view("=+-@").find(field[0]) == std::string_view::npos)
          << "a formula: " << field;
    }
  }
}

void expect_json(const std::string& text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  EXPECT_FALSE(json.is_discarded()) << text;
  EXPECT_EQ(text.find_first_of("\x1b\x07\b\t\v\r"), text.npos);
}

void expect_page(const std::string& text) {
  EXPECT_TRUE(text.starts_with("<!DOCTYPE html>")) << text.substr(0, 80);
  for (const char* raw : {"<script", "\" onload=\"", "' onload='", "<!--"})
    EXPECT_EQ(text.find(raw), text.npos) << raw;
  EXPECT_NE(text.find("&lt;script&gt;alert(1)"), text.npos) << "the name is there";
  EXPECT_NE(text.find("&amp;lt;b&amp;gt;&lt;!--"), text.npos);
}

void expect_gauges(const std::string& text) {
  static const std::regex kComment("# (HELP|TYPE) foreshape_[a-z_]+ .+");
  static const std::regex kSeries(
      R"re(foreshape_[a-z_]+(\{[a-z_]+="([^"\\]|\\["\\n])*"(,[a-z_]+="([^"\\]|\\["\\n])*")*\})? -?[0-9.]+(e[-+]?[0-9]+)?)re");
  for (const std::string& line : lines_of(text))
    EXPECT_TRUE(std::regex_match(line, kComment) || std::regex_match(line, kSeries)) << line;
}

TEST_F(SshapeFormats, ShowAUserNothingOfOthersInAnyViewAndFormat) {
  for (const ViewCase& view : views(std::to_string(kOwnJob)))
    for (const Format format : view.formats) {
      SCOPED_TRACE(fmt::format("{} {}", fmt::join(view.words, " "), fmt::join(options_of(format), " ")));
      const Said own = run(secret_, "alina", view, format);
      for (const char* others : {"victim", "99880017", "777123"})
        EXPECT_EQ(own.text.find(others), own.text.npos) << own.text;
      const bool is_for_operators = view.words.front() == "shadow";
      EXPECT_EQ(own.code, is_for_operators ? 1 : 0) << own.text;
    }
}

TEST_F(SshapeFormats, ShowAnOperatorWhatTheyHideFromAUser) {
  for (const ViewCase& view : views(std::to_string(kOthersJob)))
    for (const Format format : view.formats) {
      SCOPED_TRACE(fmt::format("{} {}", fmt::join(view.words, " "), fmt::join(options_of(format), " ")));
      const Said all = run(secret_, "oskar", view, format);
      EXPECT_EQ(all.code, 0) << all.text;
      EXPECT_EQ(all.text.find("victim") != all.text.npos, view.names_users) << all.text;
    }
}

TEST_F(SshapeFormats, CountForAUserNoJobOfOthers) {
  for (const ViewCase& view : views(std::to_string(kOwnJob))) {
    const auto all = std::find(view.words.begin(), view.words.end(), "-a");
    if (all == view.words.end()) continue;
    ViewCase named = view;
    named.words[static_cast<std::size_t>(all - view.words.begin())] = "--user=alina";
    for (const Format format : {Format::json, Format::gauges}) {
      if (std::find(view.formats.begin(), view.formats.end(), format) == view.formats.end()) continue;
      SCOPED_TRACE(fmt::format("{}", fmt::join(view.words, " ")));
      EXPECT_EQ(lines_of(run(secret_, "alina", view, format).text),
                lines_of(run(secret_, "oskar", named, format).text));
    }
  }
}

TEST_F(SshapeFormats, RefuseAJobOfOthersInEveryFormatAsIfItWereUnknown) {
  for (const Words& view : {Words{"why"}, Words{}})
    for (const Format format : kTables) {
      Words words = view;
      words.push_back(std::to_string(kOthersJob));
      if (!view.empty() && format != Format::text && format != Format::json) continue;
      const Said refused = run(secret_, "alina", {words, true, {}}, format);
      EXPECT_EQ(refused.code, 1);
      EXPECT_EQ(refused.text.find("victim"), refused.text.npos) << refused.text;
    }
}

TEST_F(SshapeFormats, StayWellFormedWhateverUsersChoose) {
  std::vector<ViewCase> cases = views(std::to_string(kHostileJob));
  std::string all;
  for (std::size_t i = 0; i < kHostile.size(); ++i) {
    const std::string job = std::to_string(kHostileJob + 100 * static_cast<std::int64_t>(i));
    all += (all.empty() ? "" : ",") + job;
    cases.push_back({{job + "_1"}, true, {Format::text}, false});
  }
  cases.push_back({{"why", "--jobs=" + all}, true, kTextAndJson, false});
  for (const ViewCase& view : cases)
    for (const Format format : view.formats) {
      SCOPED_TRACE(fmt::format("{} {}", fmt::join(view.words, " "), fmt::join(options_of(format), " ")));
      const Said said = run(hostile_, "oskar", view, format);
      EXPECT_EQ(said.code, 0) << said.text;
      expect_no_control_characters(said.text);
      const bool is_text = format == Format::text || format == Format::long_text;
      if (is_text && view.is_table) expect_table(said.text);
      if (format == Format::bars || format == Format::long_bars) expect_bars(said.text);
      if (format == Format::json) expect_json(said.text);
      if (format == Format::page) expect_page(said.text);
      if (format == Format::gauges) expect_gauges(said.text);
      EXPECT_EQ(said.text.find("\n#SBATCH --uid"), said.text.npos) << said.text;
    }
}

TEST_F(SshapeFormats, HaveHostileTextsInJsonAsTheyAre) {
  const auto json = nlohmann::json::parse(
      run_sshape(hostile_, "oskar",
                 {"summary", "-a", "-S", "2026-11-16", "-E", "2026-11-23", "--by=name", "--json"})
          .text);
  Words names;
  for (const auto& row : json["summary"])
    if (row["name"].is_string()) names.push_back(row["name"]);
  for (const std::string& name : kHostile)
    EXPECT_NE(std::find(names.begin(), names.end(), name), names.end()) << name;
}

}  // namespace
}  // namespace foreshape
