// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The keys of foreshape.conf as a table: name, how a value is read, how it is printed.
//
// Runs in: slurmctld (our own threads and init only) and offline.
// Threads: an immutable table.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/config/settings.h"

namespace foreshape {

struct Key {
  std::string name;
  /// Errors: invalid_input - the cause alone; the caller knows file and line.
  std::function<Result<void>(Settings&, std::string_view value)> set;
  /// The value in force; empty = the key says nothing of its own (Mode, where the levers differ).
  std::function<std::string(const Settings&)> print;
};

/// All keys but those of scope lines. The order is that of the manual page, and values are set in it: a
/// key that others derive their default from (StateDir, Mode, HoldIdleCap) comes before them.
const std::vector<Key>& settings_keys();

/// Position in settings_keys(), any case; its size if there is no such key.
std::size_t find_key(std::string_view name);

/// ", did you mean X?" where a key is written almost like this; empty otherwise.
std::string key_suggestion(std::string_view name);

bool same_word(std::string_view a, std::string_view b);

/// A lever's mode; without one, that of all levers. Shared by cluster-wide keys and scope lines.
/// Errors: invalid_input - the cause alone.
Result<Mode> parse_mode(std::string_view value, std::optional<Lever> lever);

/// RunTime, Memory, Cpus, Io: the keys of the levers, in the order of Lever.
inline constexpr std::array<const char*, kLevers> kLeverKeys = {"RunTime", "Memory", "Cpus", "Io"};

/// Whether jobs may be started on trial, cluster-wide and in scope lines.
inline constexpr const char* kTrialKey = "Trial";

/// The names in a comma-separated list, in order.
/// Errors: invalid_input - an empty name, one longer than 64 bytes, one given twice, or a character that
/// no user, account, QOS or partition has.
Result<std::vector<std::string>> parse_names(std::string_view value);

}  // namespace foreshape
