// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/doctor/slurm_facts.h"

#include <sstream>

#include "predictor/base/file.h"
#include "predictor/config/key_lines.h"
#include "tools/cli/lists.h"
#include "tools/cli/time_words.h"
#include "tools/site/slurm_version.h"

namespace foreshape {
namespace {

/// "slurm(64030)" is slurm.
std::string user_of(const std::string& text) {
  const std::string name = text.substr(0, text.find('('));
  return name.empty() ? "root" : name;  // Slurm's own default
}

std::vector<std::string> split_path(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream words{text};
  for (std::string part; std::getline(words, part, ':');)
    if (!part.empty()) parts.push_back(part);
  return parts;
}

std::vector<std::string> names_of(std::string_view partitions) {
  constexpr std::string_view kKey = "PartitionName=";
  std::vector<std::string> names;
  for (std::size_t at = partitions.find(kKey); at != std::string_view::npos;
       at = partitions.find(kKey, at + 1)) {
    const std::string_view rest = partitions.substr(at + kKey.size());
    if (at == 0 || partitions[at - 1] == '\n') names.emplace_back(rest.substr(0, rest.find_first_of(" \n")));
  }
  return names;
}

}  // namespace

SlurmFacts slurm_facts_of(std::string config, std::string partitions) {
  SlurmFacts facts;
  facts.site = parse_site_settings(config, partitions);
  facts.config = std::move(config);
  facts.partitions = std::move(partitions);
  facts.version = slurm_version_number(facts.value("SLURM_VERSION")).value_or(0);
  facts.user = user_of(facts.value("SlurmUser"));
  facts.submit_plugins = split_list(facts.value("JobSubmitPlugins"));
  facts.plugin_directories = split_path(facts.value("PluginDir"));
  facts.partition_names = names_of(facts.partitions);
  return facts;
}

std::string config_of_file(std::string_view slurm_conf) {
  std::string config;
  std::istringstream lines{std::string(slurm_conf)};
  // A line at a time: one that we don't understand ("Include other.conf") must not hide the rest.
  for (std::string line; std::getline(lines, line);)
    for (const auto& pairs : split_key_lines(line, "").value_or(std::vector<std::vector<KeyValue>>{}))
      for (const KeyValue& pair : pairs) config += pair.key + " = " + pair.value + "\n";
  return config;
}

std::optional<UnixSeconds> answered_at(std::string_view config, UnixSeconds now) {
  constexpr std::string_view kBefore = "Configuration data as of ";
  if (!config.starts_with(kBefore)) return std::nullopt;
  const std::string_view rest = config.substr(kBefore.size());
  const auto moment = parse_time_words(rest.substr(0, rest.find('\n')), now);
  return moment ? std::optional(*moment) : std::nullopt;
}

std::string slurm_conf_beside(const std::string& foreshape_conf) {
  return foreshape_conf.substr(0, foreshape_conf.rfind('/') + 1) + "slurm.conf";
}

SlurmFacts ask_slurm_facts(const std::string& slurm_conf) {
  auto answer = ask_scontrol();
  if (answer) {
    const UnixSeconds now = SystemClock().now_s();
    SlurmFacts facts = slurm_facts_of(std::move(answer->config), std::move(answer->partitions));
    if (const auto theirs = answered_at(facts.config, now)) facts.clock_ahead_s = *theirs - now;
    return facts;
  }
  constexpr std::size_t kMaxBytes = 16U << 20;
  SlurmFacts facts = slurm_facts_of(config_of_file(read_file(slurm_conf, kMaxBytes).value_or("")), "");
  facts.silence = answer.error().message;
  facts.version = 0;
  return facts;
}

}  // namespace foreshape
