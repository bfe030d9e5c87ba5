// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/script_paths.h"

#include <algorithm>
#include <fmt/format.h>

#include "tools/cli/child_process.h"
#include "tools/cli/lists.h"
#include "tools/stage/declared_paths.h"
#include "tools/stage/source_path.h"

namespace foreshape {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// The rest of a line behind a word and at least one blank; "" where it begins otherwise.
std::string_view behind(std::string_view line, std::string_view word) {
  if (!line.starts_with(word)) return "";
  line.remove_prefix(word.size());
  return !line.empty() && is_blank(line.front()) ? trimmed(line) : "";
}

std::string_view declared_path(std::string_view line) {
  constexpr std::string_view kSource = "source=";
  const std::string_view directive = behind(behind(line, "#BB_LUA"), "stage_in");
  return directive.starts_with(kSource) ? directive.substr(kSource.size()) : behind(line, "#STAGE");
}

}  // namespace

std::vector<std::string> paths_in_script(std::string_view script) {
  std::vector<std::string> paths;
  bool has_begun = false, has_commands = false;
  for_each_line(script, [&](std::string_view line) {
    line = trimmed(line);
    has_begun = has_begun || line.starts_with("#!");
    has_commands = has_commands || (has_begun && !line.empty() && !line.starts_with('#'));
    if (!has_begun || has_commands) return;
    const std::string_view declared = declared_path(line);
    if (std::ranges::any_of(declared, is_blank)) return;
    if (const auto path = source_name(declared)) add_declared_path(paths, *path);
  });
  return paths;
}

bool are_scripts_kept(std::string_view config) {
  bool kept = false;
  for_each_line(config, [&kept](std::string_view line) {
    constexpr std::string_view kKey = "AccountingStoreFlags";
    if (!line.starts_with(kKey)) return;
    const auto flags = split_list(trimmed(line.substr(kKey.size()), " \t="));
    kept = std::ranges::any_of(
        flags, [](const std::string& flag) { return equal_ignoring_case(flag, "job_script"); });
  });
  return kept;
}

Result<bool> ask_whether_scripts_are_kept() {
  return output_of({"scontrol", "show", "config"}).map([](const std::string& config) {
    return are_scripts_kept(config);
  });
}

Result<std::vector<std::string>> ask_script_paths(UserId uid, JobId job) {
  constexpr std::size_t kMaxScript = std::size_t{8}
                                     << 20;  // slurm.conf's max_script_size is 4 MiB unless raised
  return output_of({"sacct", "--batch-script", fmt::format("--jobs={}", job), fmt::format("--user={}", uid)},
                   {.time = std::chrono::seconds{30}, .output_bytes = kMaxScript})
      .map([](const std::string& script) { return paths_in_script(script); });
}

}  // namespace foreshape
