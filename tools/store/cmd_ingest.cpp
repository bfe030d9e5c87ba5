// SPDX-License-Identifier: GPL-2.0-or-later
#include <filesystem>
#include <fmt/format.h>

#include "predictor/config/units.h"
#include "predictor/history/sacct_dump.h"
#include "tools/cli/commands.h"
#include "tools/cli/options.h"
#include "tools/cli/time_options.h"
#include "tools/site/settings_file.h"
#include "tools/store/ingest.h"

namespace foreshape {
namespace {

constexpr const char* kProgram = "foreshape ingest";
constexpr std::int64_t kOverlap_s = 2LL * 3'600;

CommandLine command_line() {
  CommandLine line{
      kProgram, "sacct|journal|swf [OPTIONS] [FILE|DIRECTORY]",
      "Brings jobs, predictions and outcomes into the store. It may be run any number of times, "
      "and be killed at\n"
      "any moment: what is in the store already is not stored again. A dump for sacct --file that no "
      "job's text can break\n"
      "or forge is made by\n\n  " +
          safe_sacct_command() +
          "\n\nWith a delimiter that users can type, a whole row in a job's name cannot always be told."};
  const OptionRow rows[] = {
      {"file,f", text_value("FILE"),
       "sacct: read this dump (.gz too, '-' for standard input) instead of running sacct"},
      {"cluster,M", text_value("NAME"),
       "the cluster's name (default: the line's; live: scontrol's; swf: the file's)"},
      {"overlap", text_value("TIME"),
       "live: begin so long before the watermark, for records that came late (default 2h)"},
      {"utc", flag(), "sacct files: times are UTC, not the local time zone"},
      {"delimiter", text_value("TEXT"),
       "sacct files: what stands between fields (default: as the header says)"},
      {"strict", flag(), "stop at the first line or field that is not understood"},
  };
  add_settings_option(line.options);
  add_options(line.options, rows);
  add_time_options(line.options,
                   "live: begin here instead of at the watermark; files: leave out what ended before",
                   nullptr);
  add_database_option(line.options);
  line.operands_max = 2;
  return line;
}

/// The options as values; what is wrong with them as a usage message.
tl::expected<IngestOptions, std::string> read_options(const ParsedOptions& parsed) {
  IngestOptions options;
  options.database = database(parsed);
  options.cluster = parsed.text("cluster");
  options.file = parsed.text("file");
  options.strict = parsed.has("strict");
  options.utc = parsed.has("utc");
  options.delimiter = parsed.text("delimiter");
  if (parsed.operands.size() > 1) {
    if (!options.file.empty()) return tl::make_unexpected("both --file and a word name a file");
    options.file = parsed.operands[1];
  }
  const auto span = time_span(parsed, SystemClock{}.now_s());
  if (!span) return tl::make_unexpected(span.error().message);
  if (span->start_s) options.since_s = *span->start_s;
  options.overlap_s = kOverlap_s;
  if (parsed.has("overlap")) {
    const auto overlap = parse_duration(parsed.text("overlap"), PlainNumber::minutes);
    if (!overlap) return tl::make_unexpected("--overlap: not a time such as 2h or 1-00:00:00");
    options.overlap_s = *overlap;
  }
  return options;
}

/// The directory that was named; else the plugin's, as foreshape.conf has it, and the account of staging where there is one.
Result<std::vector<std::string>> journals_of(const ParsedOptions& parsed, const IngestOptions& options) {
  if (!options.file.empty()) return std::vector{options.file};
  const auto settings = settings_of(parsed);
  if (!settings) return tl::make_unexpected(settings.error());
  std::vector<std::string> journals = {settings->journal_dir};
  std::error_code none;
  const std::string staging = settings->state_dir + "/stage";
  if (std::filesystem::is_directory(staging, none)) journals.push_back(staging);
  return journals;
}

Result<void> ingest_journals(Pg& db, const std::vector<std::string>& journals, IngestOptions options) {
  for (const std::string& journal : journals) {
    options.file = journal;
    if (auto done = ingest_journal(db, options); !done) return done;
  }
  return {};
}

Result<void> run(const std::string& source, const ParsedOptions& parsed, const IngestOptions& options) {
  const auto journals = source == "journal" ? journals_of(parsed, options) : std::vector<std::string>{};
  if (!journals) return tl::make_unexpected(journals.error());
  auto db = Pg::connect(options.database);
  if (!db) return tl::make_unexpected(db.error());
  if (source == "swf") return ingest_swf(*db, options);
  if (source == "journal") return ingest_journals(*db, *journals, options);
  return options.file.empty() ? ingest_sacct_live(*db, options) : ingest_sacct_file(*db, options);
}

}  // namespace

int run_ingest(const Args& args) {
  const auto parsed = parse_options(command_line(), args);
  if (parsed.finished) return *parsed.finished;
  const std::string source = parsed.operands.empty() ? "" : parsed.operands[0];
  if (source != "sacct" && source != "journal" && source != "swf")
    return report_usage(kProgram, "which source? sacct, journal or swf");
  const auto options = read_options(parsed);
  if (!options) return report_usage(kProgram, options.error());
  if (source == "swf" && options->file.empty()) return report_usage(kProgram, "which trace file?");
  if (const auto done = run(source, parsed, *options); !done) return report_failure(kProgram, done.error());
  return kDone;
}

}  // namespace foreshape
