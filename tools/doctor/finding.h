// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What `foreshape doctor` found: what is so, why it matters, and what cures it.
//
// Runs in: offline.
// Threads: pure functions.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tools/cli/command.h"

namespace foreshape {

enum class Severity : std::uint8_t {
  ok,       ///< as it should be
  note,     ///< works, but the administrator should know
  warning,  ///< works worse than it could, or will soon go wrong
  error,    ///< Foreshape, or something that is switched on, does not work
};

struct Finding {
  std::string group;  ///< plugins, slurm, settings, status, store, timers or clock
  Severity severity = Severity::ok;
  std::string what;  ///< what is so now
  std::string why;   ///< why it matters; empty where all is well
  std::string cure;  ///< the line or command that changes it; empty where all is well
};

using Findings = std::vector<Finding>;

/// One that all is well with.
inline Finding fine(const char* group, std::string what) {
  return {group, Severity::ok, std::move(what), "", ""};
}

/// Exit codes beside those of all commands, for monitoring.
inline constexpr int kWarned = 3, kUnhealthy = 4;

/// kDone where nothing is worse than a note, kWarned, or kUnhealthy.
int exit_code_of(const Findings& findings);

/// "ok", "note", "warning", "error".
const char* severity_name(Severity severity);

void append(Findings& findings, Findings more);

/// For people: a line for each finding, with why and cure below those that are not ok, and a line of counts.
std::string findings_text(const Findings& findings);

/// severity, group, what, why, cure: a heading, then a line each, separated by bars.
std::string findings_bars(const Findings& findings);

/// {"version": 1, "program": ..., "exit_code": ..., "findings": [{"severity": ..., "group": ..., ...}]}
std::string findings_json(const Findings& findings);

}  // namespace foreshape
