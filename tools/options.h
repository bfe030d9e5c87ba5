#pragma once
// Command lines: one manner of options for all our programs, on top of Boost.Program_options.
//
// Runs in: offline.
// Threads: main thread only.

#include <boost/program_options.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tools/command.h"

namespace foreshape {

namespace po = boost::program_options;

/// What a program or subcommand understands. --help, --usage and --version are added by parse_options.
struct CommandLine {
  std::string program;   ///< as typed: "foreshape ingest"
  std::string synopsis;  ///< after the program's name: "[OPTIONS] sacct|journal|swf [FILE...]"
  std::string purpose;   ///< a sentence or two for --help
  po::options_description options{"Options"};
  std::size_t operands_max = 0;  ///< how many words without a dash are taken; more are a usage error
};

struct ParsedOptions {
  /// Set when there is nothing more to do: help was shown, or a usage error was reported. Return it.
  std::optional<ExitCode> finished;
  po::variables_map values;
  std::vector<std::string> operands;

  bool has(const char* option) const { return values.count(option) > 0; }
  /// The text of an option declared with po::value<std::string>(), "" where it was not given.
  std::string text(const char* option) const;
};

/// Parses in getopt_long's manner (-abc, -uNAME, --user=NAME, --user NAME, unique prefixes of long
/// names, "--" ends options). Boost's exceptions end here.
ParsedOptions parse_options(const CommandLine& line, const Args& args);

/// Declares --db CONNINFO.
void add_database_option(po::options_description& options);
/// --db, else the environment's FORESHAPE_DB, else "" (libpq's own defaults).
std::string database(const ParsedOptions& parsed);

/// Declares --json and -P/--parsable2, for commands that print a table.
void add_output_options(po::options_description& options);

}  // namespace foreshape
