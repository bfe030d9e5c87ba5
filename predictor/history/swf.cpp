// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/history/swf.h"

#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>

#include "predictor/base/text.h"
#include "predictor/history/bad_line.h"
#include "predictor/history/cpu_time.h"

namespace foreshape {
namespace {

// clang-format off
enum Column : std::size_t {
  kJob, kSubmit, kWait, kRun, kProcs, kCpuTime, kMemory, kRequestedProcs, kRequestedTime, kRequestedMemory,
  kStatus, kUser, kGroup, kExecutable, kQueue, kPartition, kPreceding, kThinkTime, kColumns
};
// clang-format on

constexpr std::array<const char*, kColumns> kNames = {"job number",
                                                      "submit time",
                                                      "wait time",
                                                      "run time",
                                                      "allocated processors",
                                                      "cpu time",
                                                      "used memory",
                                                      "requested processors",
                                                      "requested time",
                                                      "requested memory",
                                                      "status",
                                                      "user",
                                                      "group",
                                                      "executable",
                                                      "queue",
                                                      "partition",
                                                      "preceding job",
                                                      "think time"};

/// Beyond these a number is damage, not data: 2^53 keeps sums and products of two exact enough to check.
constexpr double kLargest = 9e15;
constexpr std::int64_t kLargestSeconds = 100LL * 366 * 86'400;
constexpr std::int64_t kLargestCount = 1LL << 31;

using Row = std::array<double, kColumns>;

/// A job is told by its number, its user and its submission; the rest may be unknown.
bool is_vital(std::size_t column) { return column == kJob || column == kSubmit || column == kUser; }

using LeftOut = std::vector<BadLine>;

/// Splits at blanks and reads the numbers; the reason where the row is of no use. What else can't be read
/// becomes -1.
std::optional<BadLine> read_row(std::string_view text, Row& row, LeftOut& left_out) {
  std::size_t column = 0;
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (true) {
    while (at != end && blank(*at)) ++at;
    if (at == end) break;
    const char* const start = at;
    while (at != end && !blank(*at)) ++at;
    const std::string_view word{start, static_cast<std::size_t>(at - start)};
    if (column == kColumns) {
      left_out.push_back({0, "columns",
                          fmt::format("more than {}: what is behind them is not read", +kColumns), true,
                          true});
      return std::nullopt;
    }
    const auto [stop, error] = std::from_chars(start, at, row[column]);
    if (error != std::errc{} || stop != at || !(std::abs(row[column]) < kLargest)) {
      BadLine bad{0, kNames[column], fmt::format("'{}' is not a number", excerpt(word)), !is_vital(column)};
      if (!bad.kept) return bad;
      left_out.push_back(std::move(bad));
      row[column] = -1;
    }
    ++column;
  }
  if (column < kColumns) return BadLine{0, "line", fmt::format("{} columns, {} expected", column, +kColumns)};
  return std::nullopt;
}

std::int64_t whole(const Row& row, Column c) { return static_cast<std::int64_t>(row[c]); }

/// The number where it is known and positive.
template <class T>
std::optional<T> positive(std::int64_t value) {
  if (value <= 0) return std::nullopt;
  return static_cast<T>(value);
}

/// The number as text where it is known: SWF numbers its names from 0 or 1.
std::string name_of(const Row& row, Column c) {
  return row[c] < 0 ? std::string{} : std::to_string(whole(row, c));
}

/// Of a row that says both times, which are per processor; nullopt where it is impossible.
std::optional<float> efficiency_of(const Row& row) {
  return possible_cpu_efficiency(row[kCpuTime] / row[kRun], whole(row, kRun));
}

struct Bounds {
  Column column;
  std::int64_t least, most;
  const char* reason;
};

/// Values that no job can have; everything else is for the reader's user to judge.
std::optional<BadLine> check(Row& row, LeftOut& left_out) {
  static constexpr Bounds kBounds[] = {
      {kJob, 0, UINT32_MAX, "not a job number"},
      {kSubmit, 0, kLargestSeconds, "no submit time"},
      {kWait, -1, kLargestSeconds, "not a time"},
      {kRun, -1, kLargestSeconds, "not a time"},
      {kProcs, -1, kLargestCount, "not a count"},
      {kRequestedProcs, -1, kLargestCount, "not a count"},
      {kRequestedTime, -1, kLargestSeconds, "not a time"},
      {kUser, -1, UINT32_MAX - 1LL, "not a user id"},
  };
  for (const Bounds& b : kBounds) {
    const std::int64_t value = whole(row, b.column);
    if (value >= b.least && value <= b.most) continue;
    BadLine bad{0, kNames[b.column], fmt::format("{}: {}", value, b.reason), !is_vital(b.column)};
    if (!bad.kept) return bad;
    left_out.push_back(std::move(bad));
    row[b.column] = -1;
  }
  if (row[kCpuTime] > 0 && row[kRun] > 0 && !efficiency_of(row)) {
    left_out.push_back(
        {0, kNames[kCpuTime], fmt::format("{:g}: {}", row[kCpuTime], kImpossibleCpuTime), true});
    row[kCpuTime] = -1;
  }
  const std::int64_t status = whole(row, kStatus);
  if (status >= 2 && status <= 4)
    return BadLine{0, kNames[kStatus],
                   fmt::format("{}: a part of a job, which has a line of its own", status)};
  return std::nullopt;
}

JobState state_of(std::int64_t status) {
  switch (status) {
    case 0:
      return JobState::failed;
    case 1:
      return JobState::completed;
    case 5:
      return JobState::cancelled;
    default:
      return JobState::unknown;
  }
}

/// KB per processor -> bytes per node; absent where unknown or absurd.
std::optional<std::int64_t> node_bytes(double kb_per_processor, std::int64_t processors) {
  const double bytes = kb_per_processor * 1024.0 * static_cast<double>(processors);
  if (!(bytes > 0) || bytes >= kLargest) return std::nullopt;
  return static_cast<std::int64_t>(bytes);
}

/// The number that a header's value begins with, written with commas or without: 1152 of "1,152 (batch)".
std::int64_t leading_number(std::string_view value) {
  std::string digits;
  for (const char c : value.substr(0, value.find_first_not_of("0123456789,")))
    if (c != ',') digits += c;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc{} ? number : 0;
}

}  // namespace

Result<SwfReader> SwfReader::open(const std::string& path, OnBad on_bad) {
  auto file = TextFile::open(path);
  if (!file) return tl::make_unexpected(file.error());
  return SwfReader{std::move(*file), std::move(on_bad)};
}

void SwfReader::read_header_line(std::string_view line) {
  line.remove_prefix(1);
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const auto trimmed = [](std::string_view text) {
    const std::size_t from = text.find_first_not_of(" \t");
    if (from == std::string_view::npos) return std::string_view{};
    return text.substr(from, text.find_last_not_of(" \t") - from + 1);
  };
  const std::string_view key = trimmed(line.substr(0, colon));
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (key == "Computer" && header_.computer.empty()) header_.computer = value;
  // "MaxNodes: 338 (batch partition; 512 total)": the leading number counts.
  const std::int64_t number = leading_number(value);
  if (number <= 0) return;
  if (key == "MaxProcs" && number <= kLargestCount) header_.max_procs = number;
  if (key == "MaxNodes" && number <= kLargestCount) header_.max_nodes = number;
  if (key == "UnixStartTime" && number <= UINT32_MAX) header_.unix_start_s = number;
}

std::int64_t SwfReader::processors_of_a_node(std::int64_t processors) const {
  if (!header_.max_procs || !header_.max_nodes) return processors;
  return std::min(processors, std::max<std::int64_t>(1, *header_.max_procs / *header_.max_nodes));
}

std::optional<JobRecord> SwfReader::read_job(const TextFile::Line& line) {
  Row row{};
  LeftOut left_out;
  auto bad = line.cut ? BadLine{0, "line", "too long"} : read_row(line.text, row, left_out);
  if (!bad) bad = check(row, left_out);
  if (bad) {
    why_ = *bad;
    return std::nullopt;
  }
  for (BadLine& field : left_out) {
    ++bad_fields_;
    field.line = line.number;
    if (on_bad_) on_bad_(field);
  }
  return job_of(row);
}

JobRecord SwfReader::job_of(const Row& row) const {
  JobRecord job;
  job.job_id = static_cast<JobId>(whole(row, kJob));
  job.job_id_text = std::to_string(job.job_id);
  job.user = name_of(row, kUser);
  job.account = name_of(row, kGroup);
  job.name = name_of(row, kExecutable);
  job.partition = name_of(row, row[kQueue] >= 0 ? kQueue : kPartition);
  job.allocated_cpus = positive<std::uint32_t>(whole(row, kProcs)).value_or(0);

  JobRequest& requested = job.request;
  requested.submit_s = header_.unix_start_s + whole(row, kSubmit);
  requested.uid = row[kUser] < 0 ? kUnknownUser : static_cast<UserId>(whole(row, kUser));
  requested.account = text_hash(job.account);
  requested.partition = text_hash(job.partition);
  requested.name = text_hash(job.name);
  requested.cpus = positive<std::uint32_t>(whole(row, kRequestedProcs));
  requested.limit_s = positive<std::int64_t>(whole(row, kRequestedTime));
  const std::int64_t on_a_node =
      processors_of_a_node(requested.cpus.value_or(std::max(1U, job.allocated_cpus)));
  requested.memory_per_node_bytes = node_bytes(row[kRequestedMemory], on_a_node);

  JobUsage& used = job.usage;
  used.state = state_of(whole(row, kStatus));
  if (row[kRun] < 0) return job;
  used.run_s = whole(row, kRun);
  used.start_s = requested.submit_s + std::max<std::int64_t>(0, whole(row, kWait));
  used.end_s = used.start_s + used.run_s;
  used.peak_memory_bytes = node_bytes(row[kMemory], on_a_node);
  if (row[kCpuTime] >= 0 && row[kRun] > 0) used.cpu_efficiency = efficiency_of(row);
  return job;
}

Result<std::optional<JobRecord>> SwfReader::next() {
  while (true) {
    const auto line = file_.next();
    if (!line) return tl::make_unexpected(line.error());
    if (!*line) return std::optional<JobRecord>{};
    const std::size_t first = (*line)->text.find_first_not_of(" \t");
    if (first == std::string_view::npos) continue;
    if ((*line)->text[first] == ';') {
      read_header_line((*line)->text.substr(first));
      continue;
    }
    if (auto job = read_job(**line)) return job;
    ++bad_lines_;
    why_.line = (*line)->number;
    if (on_bad_) on_bad_(why_);
  }
}

}  // namespace foreshape
