// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Command lines: one manner of options for all our programs, on top of Boost.Program_options.
//
// Runs in: offline.
// Threads: main thread only.

#include <boost/program_options.hpp>
#include <fmt/format.h>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tools/cli/command.h"

namespace foreshape {

namespace po = boost::program_options;

/// A row of the table of options: how it is written, what it takes, what --help says.
struct OptionRow {
  const char* name;           ///< "output,o": long name and letter
  po::value_semantic* takes;  ///< one of the functions below; add_options() owns it from then on
  std::string help;
};

/// A default as --help shows it, behind what the option does.
class ShownDefault {
 public:
  explicit ShownDefault(std::string text) : text_(std::move(text)) {}
  virtual ~ShownDefault() = default;
  ShownDefault(const ShownDefault&) = delete;
  ShownDefault& operator=(const ShownDefault&) = delete;
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// Boost would show "N (=5)" where a reader expects "N".
template <class T>
class NamedValue : public po::typed_value<T>, public ShownDefault {
 public:
  NamedValue(const char* name, std::string by_default)
      : po::typed_value<T>(nullptr), ShownDefault(std::move(by_default)), name_(name) {}
  std::string name() const override { return name_; }

 private:
  std::string name_;
};

/// Takes nothing: it is given or not.
po::value_semantic* flag();
/// Takes a text; ParsedOptions::text() has it. name: what it is, as --help shows it: FILE, TIME. by_default: nullptr = none.
po::value_semantic* text_value(const char* name, const char* by_default = nullptr);
/// Takes a list; given several times, as in sacct, the lists add up. A std::vector<std::string>.
po::value_semantic* list_value(const char* name);
/// Takes a number, read by values[option].as<Number>(); the default is shown as people write it.
template <class Number>
po::value_semantic* number_value(const char* name, std::optional<Number> by_default = {}) {
  auto* value = new NamedValue<Number>(name, by_default ? fmt::format("{}", *by_default) : "");
  return by_default ? value->default_value(*by_default) : value;
}

/// Adds a table of rows: a chain of Boost's calls is nothing that clang-format can lay out.
void add_options(po::options_description& options, std::span<const OptionRow> rows);

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
/// --db, else FORESHAPE_DB of the environment, else of the site file (site_file.h), else "" (libpq's own
/// defaults).
std::string database(const ParsedOptions& parsed);

}  // namespace foreshape
