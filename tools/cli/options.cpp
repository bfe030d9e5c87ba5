// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/cli/options.h"

#include <cstdlib>
#include <fmt/format.h>
#include <sstream>

#include "tools/cli/option_numbers.h"
#include "tools/cli/site_file.h"

namespace foreshape {
namespace {

void print_help(const CommandLine& line, const po::options_description& options) {
  std::ostringstream text;
  text << options;
  fmt::print("Usage: {} {}\n{}\n\n{}", line.program, line.synopsis, line.purpose, text.str());
}

/// Answers --help, --usage and --version.
bool answered(const CommandLine& line, const po::options_description& options, const ParsedOptions& parsed) {
  if (parsed.has("help"))
    print_help(line, options);
  else if (parsed.has("usage"))
    fmt::print("Usage: {} {}\n", line.program, line.synopsis);
  else if (parsed.has("version"))
    fmt::print("{}\n", version_text());
  else
    return false;
  return true;
}

}  // namespace

po::value_semantic* flag() { return new po::untyped_value(/*zero_tokens=*/true); }

po::value_semantic* text_value(const char* name, const char* by_default) {
  auto* value = new NamedValue<std::string>(name, by_default != nullptr ? by_default : "");
  return by_default != nullptr ? value->default_value(by_default) : value;
}

po::value_semantic* list_value(const char* name) {
  return po::value<std::vector<std::string>>()->composing()->value_name(name);
}

void add_options(po::options_description& options, std::span<const OptionRow> rows) {
  for (const OptionRow& row : rows) {
    const auto* shown = dynamic_cast<const ShownDefault*>(row.takes);
    const std::string by_default =
        shown != nullptr && !shown->text().empty() ? " (default: " + shown->text() + ")" : "";
    options.add_options()(row.name, row.takes, (row.help + by_default).c_str());
  }
}

std::string ParsedOptions::text(const char* option) const {
  return has(option) ? values[option].as<std::string>() : std::string{};
}

ParsedOptions parse_options(const CommandLine& line, const Args& args) {
  po::options_description shown = line.options;
  const OptionRow own[] = {
      {"help,h", flag(), "show this text"},
      {"usage", flag(), "show the synopsis only"},
      {"version,V", flag(), "show version and revision"},
  };
  add_options(shown, own);
  po::options_description all;
  const OptionRow operand[] = {{"operand", list_value("WORD"), ""}};
  add_options(all.add(shown), operand);
  po::positional_options_description words;
  words.add("operand", -1);

  ParsedOptions parsed;
  try {
    const auto given = po::command_line_parser(args).options(all).positional(words).run();
    if (const std::string wrong = negative_number(given, all); !wrong.empty()) {
      parsed.finished = ExitCode{report_usage(line.program, wrong)};
      return parsed;
    }
    po::store(given, parsed.values);
    po::notify(parsed.values);
  } catch (const po::error& e) {
    parsed.finished = ExitCode{report_usage(line.program, e.what())};
    return parsed;
  }
  if (answered(line, shown, parsed)) {
    parsed.finished = kDone;
    return parsed;
  }
  if (parsed.has("operand")) parsed.operands = parsed.values["operand"].as<std::vector<std::string>>();
  if (parsed.operands.size() > line.operands_max)
    parsed.finished = ExitCode{
        report_usage(line.program, fmt::format("unexpected word '{}'", parsed.operands[line.operands_max]))};
  return parsed;
}

void add_database_option(po::options_description& options) {
  const OptionRow rows[] = {
      {"db", text_value("CONNINFO"),
       "database to use, as for psql (default: FORESHAPE_DB, else the site file's)"},
  };
  add_options(options, rows);
}

std::string database(const ParsedOptions& parsed) {
  if (parsed.has("db")) return parsed.text("db");
  const char* from_environment = std::getenv("FORESHAPE_DB");
  return from_environment == nullptr ? site_variable(site_file_path(), "FORESHAPE_DB") : from_environment;
}

}  // namespace foreshape
