// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "predictor/base/text.h"
#include "predictor/journal/journal_reader.h"
#include "tools/cli/commands.h"
#include "tools/site/event_text.h"
#include "tools/site/settings_file.h"

namespace foreshape {
namespace {

CommandLine command_line() {
  CommandLine line{.program = "foreshape journal",
                   .synopsis = "[OPTIONS]",
                   .purpose =
                       "Prints what the plugin recorded: submissions, outcomes, holds, notices. It may be "
                       "written meanwhile."};
  add_settings_option(line.options);
  const OptionRow rows[] = {
      {"directory", text_value("DIR"), "the journal's directory (default: JournalDir)"},
      {"from", number_value<std::uint64_t>("N"), "begin with record N"},
      {"json", flag(), "print a JSON object for each record, one a line"},
  };
  add_options(line.options, rows);
  return line;
}

Result<std::string> directory_of(const ParsedOptions& parsed) {
  if (parsed.has("directory")) return parsed.text("directory");
  return settings_of(parsed).map([](const Settings& settings) { return settings.journal_dir; });
}

void print(const JournalEntry& entry, bool json) {
  if (json)
    fmt::print("{}\n", event_json(entry).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  else
    fmt::print("{}\n", event_text(entry));
}

/// Says on stderr what could not be read; answers kFailed if there is any.
int report_damage(const CommandLine& line, const JournalReader& reader, std::uint64_t unreadable) {
  for (const JournalDamage& place : reader.damage())
    report_failure(line.program, {ErrorCode::corrupt, fmt::format("{}: {} damaged bytes at offset {}",
                                                                  place.file, place.bytes, place.offset)});
  if (reader.missing_records() > 0)
    report_failure(line.program,
                   {ErrorCode::corrupt, fmt::format("{} records are missing", reader.missing_records())});
  const bool fine = reader.damage().empty() && reader.missing_records() == 0 && unreadable == 0;
  return fine ? kDone : kFailed;
}

}  // namespace

int run_journal(const Args& args) {
  const CommandLine line = command_line();
  const ParsedOptions parsed = parse_options(line, args);
  if (parsed.finished) return *parsed.finished;
  const auto directory = directory_of(parsed);
  if (!directory) return report_failure(line.program, directory.error());
  const std::uint64_t from = parsed.has("from") ? parsed.values["from"].as<std::uint64_t>() : 0;
  auto reader = JournalReader::open(*directory, from);
  if (!reader) return report_failure(line.program, reader.error());

  std::uint64_t unreadable = 0;
  for (;;) {
    const auto entry = reader->next();
    if (!entry && entry.error().code == ErrorCode::unavailable)
      return report_failure(line.program, entry.error());
    if (!entry) {
      report_failure(line.program, entry.error());
      ++unreadable;
      continue;
    }
    if (!*entry) return report_damage(line, *reader, unreadable);
    print(**entry, parsed.has("json"));
  }
}

}  // namespace foreshape
