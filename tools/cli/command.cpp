// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/cli/command.h"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <numeric>

#include "predictor/base/text.h"
#include "revision.h"

namespace foreshape {
namespace {

/// Levenshtein distance. Both words are short: names of commands and options.
std::size_t edits_between(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return row.back();
}

void print_help(std::string_view program, std::string_view purpose, std::span<const Command> commands) {
  fmt::print("Usage: {} COMMAND [OPTIONS]\n{}\n\nCommands:\n", program, purpose);
  for (const Command& c : commands) fmt::print("  {:<12} {}\n", c.name, c.summary);
  fmt::print(
      "\nOptions:\n"
      "  -h, --help     this text; '{0} COMMAND --help' for a command's own\n"
      "  -V, --version  version and revision\n"
      "\nSee the manual page {0}(1).\n",
      program);
}

int unknown_command(std::string_view program, std::span<const Command> commands, const std::string& typed) {
  std::vector<std::string_view> names;
  names.reserve(commands.size());
  for (const Command& c : commands) names.emplace_back(c.name);
  const std::string_view meant = nearest_name(typed, names);
  std::string message = fmt::format("unknown command '{}'", typed.substr(0, 64));
  if (!meant.empty()) message += fmt::format("; did you mean '{}'?", meant);
  return report_usage(program, message);
}

}  // namespace

int report_failure(std::string_view program, const Error& error) {
  // libpq ends its messages with a newline, and some have several lines: one line is promised.
  std::string line = error.message;
  while (!line.empty() && line.back() == '\n') line.pop_back();
  std::replace(line.begin(), line.end(), '\n', ' ');
  // Slurm's tools write results to stdout and troubles to stderr; keep their order on a terminal.
  std::fflush(stdout);
  fmt::print(stderr, "{}: error: {}\n", program, harmless(line));
  return kFailed;
}

int report_usage(std::string_view program, std::string_view message) {
  report_failure(program, {ErrorCode::invalid_input, fmt::format("{} (see {} --help)", message, program)});
  return kUsage;
}

std::string_view nearest_name(std::string_view typed, std::span<const std::string_view> known) {
  std::string_view best;
  std::size_t fewest = std::string_view::npos;
  if (typed.size() > 64) return best;
  for (const std::string_view name : known) {
    const std::size_t edits = edits_between(typed, name);
    if (edits >= fewest || edits * 3 > std::max(typed.size(), name.size()) + 1) continue;
    best = name;
    fewest = edits;
  }
  return best;
}

std::string version_text() { return "foreshape " FORESHAPE_VERSION " (revision " FORESHAPE_REVISION ")"; }

std::string revision() { return FORESHAPE_REVISION; }

int after_output(std::string_view program, int code) {
  const bool lost = std::fflush(stdout) != 0 || std::ferror(stdout) != 0;
  if (!lost || code == kFailed || code == kUsage) return code;
  return report_failure(program, {ErrorCode::unavailable, "standard output can't be written"});
}

int dispatch(std::string_view program, std::string_view purpose, std::span<const Command> commands,
             const Args& args) {
  if (args.empty()) return report_usage(program, "no command given");
  const std::string& word = args.front();
  if (word == "-h" || word == "--help") {
    print_help(program, purpose, commands);
    return after_output(program, kDone);
  }
  if (word == "-V" || word == "--version") {
    fmt::print("{}\n", version_text());
    return after_output(program, kDone);
  }
  const auto found =
      std::find_if(commands.begin(), commands.end(), [&](const Command& c) { return word == c.name; });
  if (found == commands.end()) return unknown_command(program, commands, word);
  const std::string name = fmt::format("{} {}", program, found->name);
  try {
    return after_output(name, found->run(Args(args.begin() + 1, args.end())));
  } catch (const std::exception& e) {
    return report_failure(name, {ErrorCode::internal, e.what()});
  }
}

}  // namespace foreshape
