// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/history/sacct_dump.h"

#include <algorithm>
#include <fmt/format.h>

#include "predictor/base/text.h"
#include "predictor/history/bad_line.h"
#include "predictor/history/job_id_text.h"

namespace foreshape {
namespace {

constexpr char kSecretMark = '\x1f';
constexpr std::size_t kSecretBytesMin = 10;  // the marks and 32 bits between them
constexpr std::size_t kDelimiterBytesMax = 64;
constexpr std::size_t kSwfColumns = 18, kGwfColumns = 29;

bool is_name(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

tl::unexpected<Error> refused(std::string why) { return failure(ErrorCode::invalid_input, std::move(why)); }

std::string with_command(std::string_view why) { return fmt::format("{}: {}", why, safe_sacct_command()); }

/// The words of a line between blanks.
std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (true) {
    const auto from = line.find_first_not_of(" \t");
    if (from == line.npos) return words;
    const auto to = std::min(line.find_first_of(" \t", from), line.size());
    words.push_back(line.substr(from, to - from));
    line.remove_prefix(to);
  }
}

/// A header, a row of dashes or a first row of what sacct and squeue print for people.
bool is_padded_table(std::string_view line) {
  const auto words = words_of(line);
  if (words.size() < 2 || line.find('|') != line.npos) return false;
  if (line.find_first_not_of("- ") == line.npos) return true;
  return SacctLayout::is_header(words) || slurm_job_id(words[0]).has_value();
}

bool is_number(std::string_view word) { return word.find_first_not_of("0123456789.-+e") == word.npos; }

/// "WorkflowID, JobID , SubmitTime", with blanks or without.
bool is_grid_workflow(std::string_view line) {
  std::string names;
  for (const char c : line)
    if (is_name(c) || c == ',') names += c;
  return names.starts_with("WorkflowID,JobID");
}

struct Beginning {
  std::string_view with, what, cure;
};

// By the first characters of the first line that says anything.
constexpr Beginning kOtherFiles[] = {
    {";", "a trace in the Standard Workload Format", "use foreshape ingest swf, or dataset --swf"},
    {"task_id,", "a trace of Nextflow", "foreshape evaluate and replay read it"},
    {"task_id\t", "a trace of Nextflow", "foreshape evaluate and replay read it"},
    {"<", "a page of the web or XML", "download the file itself"},
    {"id_job,", "a table of slurmdbd's own database", "make the file with sacct --parsable2 instead"},
    {"JobId=", "the output of scontrol show job", "make the file with sacct --parsable2 instead"},
    {"Slurm accounting storage is disabled", "what sacct says where 'Slurm accounting storage is disabled'",
     "make the file where the cluster has slurmdbd"},
    {"sacct: ", "an error of sacct's, and no rows", "run sacct by itself to see what it says"},
};

/// Why a file that begins so is no dump that is read, with the cure; "" where nothing is known against it.
std::string other_kind(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  for (const Beginning& b : kOtherFiles)
    if (line.starts_with(b.with)) return fmt::format("this is {}; {}", b.what, b.cure);
  if (line.front() == '{' || line.front() == '[')
    return with_command("this is JSON, which is not read; use --parsable2");
  if (line.front() == '"')
    return with_command("its fields are in quotes, as a spreadsheet writes them; use --parsable2");
  if (is_grid_workflow(line))
    return "this is a trace in the Grid Workflow Format, which is not read; make the file with sacct";
  const auto words = words_of(line);
  if (words.size() == kGwfColumns && (is_number(words[0]) || words[0] == "JobID"))
    return "this is a trace in the Grid Workload Format, which is not read; make the file with sacct";
  if (words.size() == kSwfColumns && std::all_of(words.begin(), words.end(), is_number))
    return "this is a trace in the Standard Workload Format; use foreshape ingest swf, or dataset --swf";
  if (words.size() < kSwfColumns && is_padded_table(line))
    return with_command("this is a padded table, in which names are cut off; use --parsable2");
  return {};
}

/// Goes through the first lines of a file.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}
  /// The next line that says anything and is no '#' comment; nullopt at the end.
  std::optional<std::string_view> next() {
    while (!rest_.empty()) {
      std::string_view line = rest_.substr(0, rest_.find('\n'));
      rest_.remove_prefix(std::min(rest_.size(), line.size() + 1));
      ++number_;
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (line.find_first_not_of(" \t") != line.npos && line.front() != '#') return line;
    }
    return std::nullopt;
  }
  std::uint64_t number() const { return number_; }  ///< of the line last returned, from 1

 private:
  std::string_view rest_;
  std::uint64_t number_ = 0;
};

/// The column whose fields hold that delimiter in every row ("cpu=4,mem=8G"); "" where there is none.
std::string_view column_with(std::string_view delimiter, const std::vector<std::string_view>& names) {
  constexpr std::string_view kLists[] = {"reqtres", "alloctres", "tresusage", "nodelist"};
  if (delimiter != "," && delimiter != "=") return {};
  for (const std::string_view name : names) {
    std::string lower(name);
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    for (const std::string_view list : kLists)
      if (lower.starts_with(list)) return name;
  }
  return {};
}

/// What is said of a file without a header whose lines are none of XDMoD's; nullopt: nothing but empty lines.
Result<std::optional<SacctDump>> no_header(std::string_view head, std::string_view delimiter) {
  Lines lines(head);
  std::vector<std::string_view> fields;
  std::string_view first;
  std::size_t columns = 0;
  while (const auto line = lines.next()) {
    if (first.empty()) first = *line;
    split_fields(*line, delimiter, fields);
    if (slurm_job_id(fields[0]) && columns == 0) columns = fields.size();
  }
  if (first.empty()) return std::nullopt;
  if (columns > 0)
    return refused(with_command(fmt::format(
        "no header line, and {} fields between '{}' are not XDMoD's columns (25 or 26); make the file with a "
        "header, --parsable2, and name another delimiter with --delimiter",
        columns, harmless(delimiter))));
  return refused(with_command(
      fmt::format("no header and no job's line; it begins with '{}'; make the file with", excerpt(first))));
}

}  // namespace

std::string safe_sacct_command() {
  return fmt::format(
      "SLURM_TIME_FORMAT=%s sacct --allusers --duplicates --starttime=now-30days --parsable2 --noconvert "
      "--delimiter=\"$(printf '\\037%s\\037' \"$(od -An -N8 -tx1 /dev/urandom | tr -d ' ')\")\" "
      "--format={},JobID",
      sacct_format());
}

bool looks_like_swf(std::string_view line) {
  const auto words = words_of(line);
  return words.size() + 1 >= kSwfColumns &&  // a line may be cut off
         is_number(words[0]);
}

std::string other_kind_of_file(std::string_view head) {
  const auto line = Lines(head).next();
  if (!line || line->front() == ';') return {};
  const auto words = words_of(*line);
  const bool is_swf = looks_like_swf(*line) || std::all_of(words.begin(), words.end(), is_number);
  if (words.size() != kGwfColumns && is_swf) return {};
  return other_kind(*line);
}

bool is_secret(std::string_view delimiter) {
  return delimiter.size() >= kSecretBytesMin && delimiter.front() == kSecretMark &&
         delimiter.back() == kSecretMark;
}

std::optional<std::string> delimiter_of_header(std::string_view line) {
  if (is_grid_workflow(line)) return std::nullopt;  // has a JobID, too
  std::size_t from = 0;
  while (from < line.size() && is_name(line[from])) ++from;
  if (from == 0 || from == line.size()) return std::nullopt;
  std::size_t to = from;
  if (line[from] == kSecretMark && line.find(kSecretMark, from + 1) != line.npos)
    to = line.find(kSecretMark, from + 1) + 1;
  else
    while (to < line.size() && !is_name(line[to])) ++to;
  std::string delimiter{line.substr(from, to - from)};
  // Blanks pad a table: they are in states and names as well.
  if (delimiter.size() > kDelimiterBytesMax || delimiter.find_first_not_of(' ') == delimiter.npos)
    return std::nullopt;
  std::vector<std::string_view> fields;
  split_fields(line, delimiter, fields);
  if (fields.size() < 3 || !SacctLayout::is_header(fields)) return std::nullopt;
  return delimiter;
}

Result<std::optional<SacctDump>> dump_of(std::string_view head, std::string_view delimiter) {
  Lines lines(head);
  std::vector<std::string_view> fields;
  const std::string_view without = delimiter.empty() ? "|" : delimiter;
  std::optional<std::string> other;
  while (const auto line = lines.next()) {
    // Behind a row of XDMoD's nothing is a header: it may be a job's name.
    split_fields(*line, without, fields);
    if (slurm_job_id(fields[0]))
      if (const auto layout = SacctLayout::without_header(fields))
        return SacctDump{std::string(without), *layout, "", 0};
    auto found = delimiter_of_header(*line);
    if (!delimiter.empty()) {
      split_fields(*line, delimiter, fields);
      found.reset();
      if (SacctLayout::is_header(fields)) found = delimiter;
    }
    if (found) {
      split_fields(*line, *found, fields);
      auto layout = SacctLayout::from_header(fields);
      if (!layout) return refused(with_command(layout.error().message));
      if (const auto column = column_with(*found, fields); !column.empty())
        return refused(
            with_command(fmt::format("its fields are separated by '{}', which stands within {} too; "
                                     "use --parsable2",
                                     *found, column)));
      return SacctDump{*found, *layout, std::string(*line), lines.number()};
    }
    if (!other && !line->starts_with("sacct: ")) other = other_kind(*line);
  }
  if (other && !other->empty()) return refused(std::move(*other));
  return no_header(head, without);
}

}  // namespace foreshape
