// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/stage_settings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <set>
#include <string_view>
#include <unistd.h>

#include "predictor/base/file.h"
#include "predictor/base/text.h"
#include "predictor/config/key_lines.h"
#include "predictor/config/units.h"
#include "tools/cli/lists.h"
#include "tools/stage/source_path.h"

namespace foreshape {
namespace {

constexpr std::int64_t kMinute = 60, kYear = std::int64_t{365} * 86'400;
constexpr std::int64_t kPebi = std::int64_t{1} << 50;

bool take_duration(std::string_view value, std::int64_t& seconds) {
  const auto parsed = parse_duration(value, PlainNumber::minutes);
  if (!parsed || *parsed < kMinute || *parsed > kYear) return false;
  seconds = *parsed;
  return true;
}

bool take_size(std::string_view value, std::int64_t& bytes) {
  const auto parsed = parse_size(value);
  if (!parsed || *parsed < 1 || *parsed > kPebi) return false;
  bytes = *parsed;
  return true;
}

bool take_whole(std::string_view value, std::int64_t least, std::int64_t most, std::int64_t& number) {
  const auto [end, problem] = std::from_chars(value.data(), value.data() + value.size(), number);
  return problem == std::errc{} && end == value.data() + value.size() && number >= least && number <= most;
}

constexpr const char* kDuration = "a time from 1m to 365d (a plain number is minutes)";
constexpr const char* kSize = "a size from 1K to 1024T with its unit, such as 100G";

struct StageKey {
  std::string_view name;
  const char* expected;
  bool (*take)(StageSettings& settings, std::string_view value);
};

bool take_path(std::string_view value, std::string& path) {
  const auto name = source_name(value);
  if (name) path = *name;
  return name.has_value();
}

bool take_share(std::string_view value, double& share) {
  std::int64_t percent = 0;
  if (value.empty() || value.back() != '%') return false;
  if (!take_whole(value.substr(0, value.size() - 1), 0, 99, percent)) return false;
  share = static_cast<double>(percent) / 100.0;
  return true;
}

bool take_count(std::string_view value, std::int64_t most, std::size_t& count) {
  std::int64_t number = 0;
  if (!take_whole(value, 1, most, number)) return false;
  count = static_cast<std::size_t>(number);
  return true;
}

/// A name as Slurm has it, which goes to sbatch as a word of its own.
bool take_name(std::string_view value, std::string& name) {
  constexpr std::size_t kMaxName = 64;
  if (value.empty() || value.size() > kMaxName || harmless(value) != value) return false;
  name = value;
  return true;
}

constexpr const char* kPath = "an absolute path without '.' and '..'";
constexpr const char* kShare = "a share from 0% to 99%";
constexpr const char* kName = "a name of at most 64 bytes";

constexpr auto kKeys = std::to_array<StageKey>({
    {"Buffer", kPath, [](StageSettings& s, std::string_view value) { return take_path(value, s.buffer); }},
    {"Account", kPath, [](StageSettings& s, std::string_view value) { return take_path(value, s.account); }},
    {"Keep", kDuration,
     [](StageSettings& s, std::string_view value) { return take_duration(value, s.keep_s); }},
    {"KeepMax", kDuration,
     [](StageSettings& s, std::string_view value) { return take_duration(value, s.keep_max_s); }},
    {"CopyBytes", kSize,
     [](StageSettings& s, std::string_view value) { return take_size(value, s.copy.bytes); }},
    {"CopyFiles", "a whole number from 1 to 100000",
     [](StageSettings& s, std::string_view value) { return take_count(value, 100'000, s.copy.entries); }},
    {"UserBytes", kSize,
     [](StageSettings& s, std::string_view value) { return take_size(value, s.user_bytes); }},
    {"KeepFree", kShare,
     [](StageSettings& s, std::string_view value) { return take_share(value, s.keep_free); }},
    {"Snapshot", kPath,
     [](StageSettings& s, std::string_view value) { return take_path(value, s.plan.snapshot); }},
    {"PlanWindow", kDuration,
     [](StageSettings& s, std::string_view value) { return take_duration(value, s.plan.window_s); }},
    {"PlanProbability", kShare,
     [](StageSettings& s, std::string_view value) { return take_share(value, s.plan.probability); }},
    {"ReadRate", kSize,
     [](StageSettings& s, std::string_view value) { return take_size(value, s.plan.read_bytes_s); }},
    {"MinSaved", "whole seconds from 0 to 86400",
     [](StageSettings& s, std::string_view value) { return take_whole(value, 0, 86'400, s.plan.saved_s); }},
    {"PlanJobs", "a whole number from 1 to 1000",
     [](StageSettings& s, std::string_view value) { return take_count(value, 1'000, s.plan.jobs); }},
    {"DayBytes", kSize,
     [](StageSettings& s, std::string_view value) { return take_size(value, s.plan.day_bytes); }},
    {"UserDayBytes", kSize,
     [](StageSettings& s, std::string_view value) { return take_size(value, s.plan.user_day_bytes); }},
    {"JobTime", kDuration,
     [](StageSettings& s, std::string_view value) { return take_duration(value, s.plan.job_time_s); }},
    {"JobPartition", kName,
     [](StageSettings& s, std::string_view value) { return take_name(value, s.plan.partition); }},
    {"JobQOS", kName, [](StageSettings& s, std::string_view value) { return take_name(value, s.plan.qos); }},
    {"SourceBusy", kPath,
     [](StageSettings& s, std::string_view value) { return take_path(value, s.plan.source_busy); }},
});

std::string all_keys() {
  std::string names;
  for (const StageKey& key : kKeys) names += (names.empty() ? "" : ", ") + std::string(key.name);
  return names;
}

/// Path=... Account=... JobName=...: one of the two at least, or it would be everybody's.
Result<StageRule> rule_of(const std::vector<KeyValue>& line, const std::string& path) {
  const auto refuse_at = [&](const KeyValue& pair, const std::string& cause) {
    return failure(ErrorCode::invalid_input,
                   fmt::format("{}:{}: {}: {}", path, pair.line, harmless(pair.key), cause));
  };
  StageRule rule;
  if (!take_path(line[0].value, rule.path)) return refuse_at(line[0], std::string("this is not ") + kPath);
  for (std::size_t i = 1; i < line.size(); ++i) {
    const bool is_account = equal_ignoring_case(line[i].key, "Account");
    if (!is_account && !equal_ignoring_case(line[i].key, "JobName"))
      return refuse_at(line[i], "a line with Path takes Account and JobName");
    if (!take_name(line[i].value, is_account ? rule.account : rule.job_name))
      return refuse_at(line[i], std::string("this is not ") + kName);
  }
  if (rule.account.empty() && rule.job_name.empty())
    return refuse_at(line[0], "for whom? add Account= or JobName= to the line");
  return rule;
}

Result<void> take_pair(StageSettings& settings, const KeyValue& pair, std::set<std::string_view>& given) {
  const auto key = std::find_if(kKeys.begin(), kKeys.end(),
                                [&](const StageKey& k) { return equal_ignoring_case(k.name, pair.key); });
  if (key == kKeys.end()) return failure(ErrorCode::invalid_input, "unknown key; it takes " + all_keys());
  if (!given.insert(key->name).second) return failure(ErrorCode::invalid_input, "given twice");
  if (!key->take(settings, pair.value))
    return failure(ErrorCode::invalid_input,
                   fmt::format("'{}' is not {}", harmless(pair.value.substr(0, 80)), key->expected));
  return {};
}

}  // namespace

Result<StageSettings> parse_stage_settings(const std::string& text, const std::string& path) {
  const auto lines = split_key_lines(text, path);
  if (!lines) return tl::make_unexpected(lines.error());
  StageSettings settings;
  std::set<std::string_view> given;
  for (const auto& line : *lines) {
    if (equal_ignoring_case(line[0].key, "Path")) {
      auto rule = rule_of(line, path);
      if (!rule) return tl::make_unexpected(rule.error());
      settings.plan.rules.push_back(std::move(*rule));
      continue;
    }
    for (const KeyValue& pair : line)
      if (auto taken = take_pair(settings, pair, given); !taken)
        return failure(ErrorCode::invalid_input, fmt::format("{}:{}: {}: {}", path, pair.line,
                                                             harmless(pair.key), taken.error().message));
  }
  if (settings.keep_s > settings.keep_max_s)
    return failure(ErrorCode::invalid_input, path + ": Keep is longer than KeepMax");
  return settings;
}

Result<StageSettings> load_stage_settings(const std::string& path) {
  constexpr std::size_t kMaxBytes = 1U << 20;
  const auto text = read_file(path, kMaxBytes, FileTrust{::geteuid()});
  if (!text) return tl::make_unexpected(text.error());
  return parse_stage_settings(*text, path);
}

std::string stage_settings_path() {
  const char* slurm_conf = std::getenv("SLURM_CONF");  // NOLINT(concurrency-mt-unsafe): one thread
  const std::filesystem::path beside = slurm_conf != nullptr ? slurm_conf : "/etc/slurm/slurm.conf";
  return (beside.parent_path() / "foreshape-stage.conf").string();
}

}  // namespace foreshape
