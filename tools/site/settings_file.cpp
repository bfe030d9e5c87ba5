// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/site/settings_file.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "predictor/base/file.h"
#include "predictor/config/key_lines.h"
#include "tools/cli/lists.h"

namespace foreshape {

void add_settings_option(po::options_description& options) {
  const OptionRow rows[] = {
      {"conf", text_value("FILE"), "foreshape.conf to go by (default: beside slurm.conf)"},
  };
  add_options(options, rows);
}

std::string settings_path(const ParsedOptions& parsed) {
  if (parsed.has("conf")) return parsed.text("conf");
  const char* slurm_conf = std::getenv("SLURM_CONF");  // NOLINT(concurrency-mt-unsafe): one thread
  const std::filesystem::path beside = slurm_conf != nullptr ? slurm_conf : "/etc/slurm/slurm.conf";
  return (beside.parent_path() / "foreshape.conf").string();
}

Result<Settings> settings_of(const ParsedOptions& parsed) {
  auto settings = load_settings(settings_path(parsed));
  if (!settings && !parsed.has("conf") && settings.error().code == ErrorCode::not_found) return Settings{};
  return settings;
}

Settings places_of(const std::string& path) {
  constexpr std::size_t kMaxBytes = 1U << 20;
  std::istringstream lines{read_file(path, kMaxBytes).value_or("")};
  std::string places;
  const auto take = [&](const KeyValue& pair) {
    const std::string line = pair.key + "=\"" + pair.value + "\"\n";
    for (const char* key : {"StateDir", "JournalDir", "StatusFile"})
      if (equal_ignoring_case(pair.key, key) && parse_settings(places + line, path)) places += line;
  };
  for (std::string line; std::getline(lines, line);)
    for (const auto& pairs : split_key_lines(line, path).value_or(std::vector<std::vector<KeyValue>>{}))
      std::ranges::for_each(pairs, take);
  return parse_settings(places, path).value_or(Settings{});
}

}  // namespace foreshape
