// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// foreshape.conf: what the site has decided, checked whole before any of it is in force.
//
// Runs in: slurmctld (our own threads and init only) and offline.
// Threads: pure functions; a Settings is an immutable value once made.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "predictor/base/file.h"
#include "predictor/base/result.h"
#include "predictor/plan/policy.h"

namespace foreshape {

/// All of foreshape.conf. A Settings as constructed is what an empty file means: everything is
/// predicted and recorded, nothing is changed. docs/foreshape.conf.5 explains each key.
struct Settings {
  bool enabled = true;  ///< no: every submission is passed through untouched and unseen

  // Absolute paths. Where only StateDir is given the others lie under it.
  std::string state_dir = "/var/lib/foreshape";
  std::string journal_dir = "/var/lib/foreshape/journal";
  std::string snapshot_file = "/var/lib/foreshape/profiles.snap";
  std::string status_file = "/var/lib/foreshape/status.json";
  std::string model_file = "/var/lib/foreshape/model.fsm";

  std::int64_t journal_file_bytes = 16LL << 20;  ///< a new journal file is begun beyond it
  std::int64_t journal_total_bytes = 1LL << 30;  ///< of all journal files together, at most

  bool model = true;  ///< serve the trained model, where there is a file; no: the kernel alone

  bool job_tag = true;  ///< write the submission's token into the job's admin comment
  Policy policy;
  std::int64_t agent_interval_s = 30;

  // More faults than fault_limit within fault_window_s: Foreshape switches itself to observe.
  std::uint32_t fault_limit = 20;
  std::int64_t fault_window_s = 60;

  /// While this file exists every submission is passed through: the switch that needs no reconfigure.
  std::string kill_switch_file() const { return state_dir + "/disabled"; }
};

inline constexpr std::size_t kMaxSettingsBytes = 1U << 20;
/// Scope lines and users of personal holds: both are walked on an RPC thread or cost a reservation each.
inline constexpr std::size_t kMaxScopeRules = 1000;
inline constexpr std::size_t kMaxHoldUsers = 200;

/// The settings that the text says, with defaults for what it does not.
///
/// path: only for messages, which read "<path>:<line>: <key>: <cause>, <cure>".
/// Errors: invalid_input - an unknown key (with the nearest known one), a key given twice, a value that
/// is no value of its key or out of its range, keys that contradict each other, a text too large.
Result<Settings> parse_settings(std::string_view text, const std::string& path);

/// parse_settings of a file.
/// Errors: not_found - no such file (whether defaults will do is the caller's decision);
/// unavailable - it can't be read; invalid_input - as above, or not to be trusted.
Result<Settings> load_settings(const std::string& path, const std::optional<FileTrust>& trust = std::nullopt);

/// A path such as StateDir as the text says it, whatever is wrong with the rest of it; nullopt where it says
/// none.
std::optional<std::string> path_in(std::string_view text, std::string_view key);

/// Every key in force, one a line, in the order of the manual page; parse_settings reads it back.
std::string format_settings(const Settings& settings);

}  // namespace foreshape
