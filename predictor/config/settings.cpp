// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/config/settings.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

#include "predictor/base/text.h"
#include "predictor/config/key.h"
#include "predictor/config/key_lines.h"
#include "predictor/plan/names.h"

namespace foreshape {
namespace {

/// What the file said, in the table's order: which key (if any) on which line.
using Given = std::vector<std::optional<KeyValue>>;

/// Refuses with the place in front, as every message about this file reads.
tl::unexpected<Error> refuse(const std::string& path, const KeyValue& at, const std::string& cause) {
  return failure(ErrorCode::invalid_input,
                 fmt::format("{}:{}: {}: {}", path, at.line, harmless(at.key), cause));
}

std::optional<ScopeRule::Kind> scope_kind(std::string_view key) {
  if (same_word(key, "Partition")) return ScopeRule::Kind::partition;
  if (same_word(key, "QOS")) return ScopeRule::Kind::qos;
  if (same_word(key, "Account")) return ScopeRule::Kind::account;
  return std::nullopt;
}

const char* scope_key(ScopeRule::Kind kind) {
  switch (kind) {
    case ScopeRule::Kind::partition:
      return "Partition";
    case ScopeRule::Kind::qos:
      return "QOS";
    case ScopeRule::Kind::account:
      return "Account";
  }
  return "?";
}

Result<void> set_scoped_trial(const KeyValue& pair, const std::string& path, ScopedModes& modes) {
  if (modes.trial) return refuse(path, pair, "given twice");
  Settings read;
  const auto set = settings_keys()[find_key(kTrialKey)].set(read, pair.value);
  if (!set) return refuse(path, pair, set.error().message);
  modes.trial = read.policy.trials.mode;
  return {};
}

/// The modes that a scope line sets: Mode for all levers, then what is said of single ones.
Result<ScopedModes> scoped_modes(const std::vector<KeyValue>& line, const std::string& path) {
  ScopedModes modes;
  std::optional<Mode> all;
  for (std::size_t i = 1; i < line.size(); ++i) {
    const KeyValue& pair = line[i];
    if (same_word(pair.key, kTrialKey)) {
      if (auto set = set_scoped_trial(pair, path, modes); !set) return tl::make_unexpected(set.error());
      continue;
    }
    std::optional<Mode>* target = same_word(pair.key, "Mode") ? &all : nullptr;
    std::optional<Lever> of;
    for (std::size_t lever = 0; lever < kLevers; ++lever)
      if (same_word(pair.key, kLeverKeys[lever])) {
        target = &modes.modes[lever];
        of = static_cast<Lever>(lever);
      }
    if (target == nullptr)
      return refuse(path, pair,
                    "not a key of a scope line, which takes Mode, RunTime, Memory, Cpus, Io and Trial");
    if (*target) return refuse(path, pair, "given twice");
    const auto mode = parse_mode(pair.value, of);
    if (!mode) return refuse(path, pair, mode.error().message);
    *target = *mode;
  }
  if (line.size() == 1) return refuse(path, line[0], "sets nothing; add e.g. Memory=advise on the same line");
  if (all)
    for (auto& mode : modes.modes) mode = mode.value_or(*all);
  return modes;
}

Result<void> add_rules(const std::vector<KeyValue>& line, ScopeRule::Kind kind, const std::string& path,
                       std::vector<ScopeRule>& rules) {
  const auto names = parse_names(line[0].value);
  if (!names) return refuse(path, line[0], names.error().message);
  if (names->empty()) return refuse(path, line[0], "no name given");
  const auto modes = scoped_modes(line, path);
  if (!modes) return tl::make_unexpected(modes.error());
  for (const std::string& name : *names) {
    const bool known = std::any_of(rules.begin(), rules.end(), [&](const ScopeRule& rule) {
      return rule.kind == kind && rule.name == name;
    });
    if (known) return refuse(path, line[0], fmt::format("'{}' already has its line above", name));
    if (rules.size() == kMaxScopeRules)
      return refuse(path, line[0], fmt::format("more than {} scopes", kMaxScopeRules));
    rules.push_back({kind, name, text_hash(name), *modes});
  }
  return {};
}

/// Sorts a line's keys into their places in the table.
Result<void> note_keys(const std::vector<KeyValue>& line, const std::string& path, Given& given) {
  for (const KeyValue& pair : line) {
    if (scope_kind(pair.key)) return refuse(path, pair, "must be the first key of its line");
    const std::size_t i = find_key(pair.key);
    if (i == given.size()) return refuse(path, pair, "unknown key" + key_suggestion(pair.key));
    if (given[i]) return refuse(path, pair, fmt::format("already given on line {}", given[i]->line));
    given[i] = pair;
  }
  return {};
}

/// The line to name in a contradiction between these keys: the last of them that was given.
KeyValue blamed(const Given& given, std::initializer_list<const char*> keys) {
  KeyValue best{*keys.begin(), "", 0};
  for (const char* key : keys)
    if (const auto& pair = given[find_key(key)]; pair && pair->line >= best.line) best = *pair;
  return best;
}

bool predicts_run_time_somewhere(const Policy& policy) {
  constexpr auto kRunTime = static_cast<std::size_t>(Lever::run_time);
  return policy.modes[kRunTime] != Mode::off ||
         std::any_of(policy.rules.begin(), policy.rules.end(), [](const ScopeRule& rule) {
           return rule.modes.modes[kRunTime].value_or(Mode::off) != Mode::off;
         });
}

/// Refuses keys that are right one by one and wrong together.
Result<void> check_files(const Settings& s, const Given& given, const std::string& path) {
  if (s.journal_total_bytes < 2 * s.journal_file_bytes)
    return refuse(path, blamed(given, {"JournalTotalSize", "JournalFileSize"}),
                  "JournalTotalSize must hold at least two files of JournalFileSize");
  const std::set<std::string> places{s.journal_dir, s.snapshot_file, s.status_file, s.model_file,
                                     s.kill_switch_file()};
  if (places.size() != 5)
    return refuse(
        path, blamed(given, {"StatusFile", "SnapshotFile", "ModelFile", "JournalDir", "StateDir"}),
        "JournalDir, SnapshotFile, StatusFile, ModelFile and StateDir/disabled must be five different "
        "places");
  return {};
}

Result<void> check_trials(const Settings& s, const Given& given, const std::string& path) {
  if (!s.policy.has_trials()) return {};
  if (s.policy.order.mode != OrderMode::on)
    return refuse(path, blamed(given, {"Trial", "Order"}),
                  "trial starts give a job its old place in the order back; set Order=on");
  if (!s.job_tag)
    return refuse(path, blamed(given, {"Trial", "JobTag"}),
                  "trial starts remember a job's limit in its admin comment; set JobTag=yes");
  if (s.policy.trials.length_s < 2 * s.agent_interval_s)
    return refuse(path, blamed(given, {"TrialLength", "AgentInterval", "Trial"}),
                  "TrialLength must be at least twice AgentInterval: the agent ends trials");
  return {};
}

Result<void> check_policy(const Settings& s, const Given& given, const std::string& path) {
  const HoldPolicy& hold = s.policy.hold;
  const bool holds = hold.mode == HoldMode::on;
  const bool run_time = predicts_run_time_somewhere(s.policy);
  if (s.policy.order.mode != OrderMode::off && !run_time)
    return refuse(
        path, blamed(given, {"Order", "RunTime", "Mode"}),
        fmt::format("Order={} needs predicted run times, but RunTime is off everywhere; set RunTime=observe",
                    kOrderModeNames.of(s.policy.order.mode)));
  if (s.policy.has_mode(Lever::memory, Mode::enforce) && !s.job_tag)
    return refuse(path, blamed(given, {"JobTag", "Memory"}),
                  "Memory=enforce remembers what a job requested in its admin comment; set JobTag=yes");
  if (holds && hold.pool && !run_time)
    return refuse(path, blamed(given, {"HoldPool", "Hold", "RunTime", "Mode"}),
                  "the pool needs predicted run times, but RunTime is off everywhere; set RunTime=observe");
  if (holds && !hold.pool && hold.users.empty())
    return refuse(path, blamed(given, {"Hold", "HoldPool", "HoldUsers"}),
                  "Hold=on with HoldPool=no and no HoldUsers holds nothing; set Hold=off");
  if (hold.idle_cap_per_partition_node_s > hold.idle_cap_node_s)
    return refuse(path, blamed(given, {"HoldIdleCapPartition"}), "is larger than HoldIdleCap");
  if (hold.idle_cap_per_user_node_s > hold.idle_cap_node_s)
    return refuse(path, blamed(given, {"HoldIdleCapUser"}), "is larger than HoldIdleCap");
  return {};
}

}  // namespace

Result<Settings> parse_settings(std::string_view text, const std::string& path) {
  if (text.size() > kMaxSettingsBytes)
    return failure(ErrorCode::invalid_input, fmt::format("{}: {} bytes, at most {} are accepted", path,
                                                         text.size(), kMaxSettingsBytes));
  const auto lines = split_key_lines(text, path);
  if (!lines) return tl::make_unexpected(lines.error());

  Settings settings;
  Given given(settings_keys().size());
  for (const auto& line : *lines) {
    const auto kind = scope_kind(line[0].key);
    const auto fine =
        kind ? add_rules(line, *kind, path, settings.policy.rules) : note_keys(line, path, given);
    if (!fine) return tl::make_unexpected(fine.error());
  }
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (!given[i]) continue;
    if (auto set = settings_keys()[i].set(settings, given[i]->value); !set)
      return refuse(path, *given[i], set.error().message);
  }
  if (auto fine = check_files(settings, given, path); !fine) return tl::make_unexpected(fine.error());
  if (auto fine = check_policy(settings, given, path); !fine) return tl::make_unexpected(fine.error());
  if (auto fine = check_trials(settings, given, path); !fine) return tl::make_unexpected(fine.error());
  return settings;
}

Result<Settings> load_settings(const std::string& path, const std::optional<FileTrust>& trust) {
  return read_file(path, kMaxSettingsBytes, trust).and_then([&](const std::string& text) {
    return parse_settings(text, path);
  });
}

std::optional<std::string> path_in(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const auto lines = split_key_lines(text.substr(0, end), "");
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!lines || lines->empty() || lines->front().empty()) continue;
    const KeyValue& first = lines->front().front();
    if (same_word(first.key, key) && first.value.starts_with('/')) return first.value;
  }
  return std::nullopt;
}

std::string format_settings(const Settings& settings) {
  std::string out;
  for (const Key& key : settings_keys()) {
    const std::string value = key.print(settings);
    const bool quoted = value.find_first_of(" \t#") != std::string::npos;
    if (!value.empty())
      out += fmt::format("{}={}{}{}\n", key.name, quoted ? "\"" : "", value, quoted ? "\"" : "");
  }
  for (const ScopeRule& rule : settings.policy.rules) {
    out += fmt::format("{}={}", scope_key(rule.kind), rule.name);
    for (std::size_t lever = 0; lever < kLevers; ++lever)
      if (const auto mode = rule.modes.modes[lever])
        out += fmt::format(" {}={}", kLeverKeys[lever], kModeNames.of(*mode));
    if (rule.modes.trial) out += fmt::format(" {}={}", kTrialKey, kTrialModeNames.of(*rule.modes.trial));
    out += '\n';
  }
  return out;
}

}  // namespace foreshape
