// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A subcommand as a value, and the one way in which programs choose, run and end one.
//
// Runs in: offline.
// Threads: main thread only.

#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/base/result.h"

namespace foreshape {

/// The words after the subcommand's name.
using Args = std::vector<std::string>;

/// Exit codes, as sacct has them and scripts may rely on them.
enum ExitCode : int { kDone = 0, kFailed = 1, kUsage = 2 };

struct Command {
  const char* name;
  const char* summary;           ///< one line for --help, without a full stop
  int (*run)(const Args& args);  ///< an ExitCode; it has said why on stderr
};

/// Writes "<program>: error: <message>" as one harmless line to stderr and returns kFailed.
/// program: as the user typed it, with the subcommand: "foreshape ingest".
int report_failure(std::string_view program, const Error& error);

/// The same for a wrong command line: adds where help is, returns kUsage.
int report_usage(std::string_view program, std::string_view message);

/// The code that a program ends with: kFailed, said on stderr, where its standard output could not be written
/// (a full disk) and it had not failed otherwise; else `code`.
int after_output(std::string_view program, int code);

/// Runs the subcommand that args[0] names. --help, -h, --version, -V answer for the program itself; an
/// unknown name is a usage error that suggests the nearest known one. An exception that gets this
/// far (out of memory) is a failure with a message, never a crash. Output that is lost is one too.
int dispatch(std::string_view program, std::string_view purpose, std::span<const Command> commands,
             const Args& args);

/// The name among `known` that was most likely meant, or "" if none is near (more than a third wrong).
std::string_view nearest_name(std::string_view typed, std::span<const std::string_view> known);

/// "foreshape 0.1.0 (revision be6146c)": what --version prints after the program's name.
std::string version_text();

/// The git revision alone, as it is recorded in models.
std::string revision();

}  // namespace foreshape
