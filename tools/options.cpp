#include "tools/options.h"

#include <cstdlib>
#include <fmt/format.h>
#include <sstream>

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

std::string ParsedOptions::text(const char* option) const {
  return has(option) ? values[option].as<std::string>() : std::string{};
}

ParsedOptions parse_options(const CommandLine& line, const Args& args) {
  po::options_description shown = line.options;
  shown.add_options()("help,h", "show this text")("usage", "show the synopsis only")(
      "version,V", "show version and revision");
  po::options_description all;
  all.add(shown).add_options()("operand", po::value<std::vector<std::string>>(), "");
  po::positional_options_description words;
  words.add("operand", -1);

  ParsedOptions parsed;
  try {
    po::store(po::command_line_parser(args).options(all).positional(words).run(), parsed.values);
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
  options.add_options()("db", po::value<std::string>()->value_name("CONNINFO"),
                        "database to use, as for psql (default: FORESHAPE_DB, else libpq's defaults)");
}

std::string database(const ParsedOptions& parsed) {
  if (parsed.has("db")) return parsed.text("db");
  const char* from_environment = std::getenv("FORESHAPE_DB");
  return from_environment == nullptr ? std::string{} : from_environment;
}

void add_output_options(po::options_description& options) {
  options.add_options()("json", "print JSON")("parsable2,P", "print fields separated by '|'");
}

}  // namespace foreshape
