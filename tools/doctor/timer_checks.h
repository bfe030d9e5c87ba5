// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What runs ingest and retraining: systemd's timers, else cron.
//
// Runs in: offline.
// Threads: pure functions, but look_at_timers, which runs systemctl and reads cron's files.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/doctor/finding.h"

namespace foreshape {

struct UnitState {
  std::string name;    ///< "foreshape-ingest.timer"
  std::string file;    ///< UnitFileState: enabled, disabled, ...; empty: there is no such unit
  std::string active;  ///< ActiveState: active, inactive, failed, ...
  std::string result;  ///< Result: success, exit-code, ...
};

struct TimerFacts {
  bool has_systemd = false;  ///< it runs here
  std::vector<UnitState> units;
  std::vector<std::string> cron_lines;  ///< with foreshape in them, comments left out
};

/// The blocks that `systemctl show --property=Id,UnitFileState,ActiveState,Result UNIT...` prints.
std::vector<UnitState> parse_units(std::string_view shown);

/// The lines of a crontab that run a command of ours.
std::vector<std::string> our_cron_lines(std::string_view crontab);

TimerFacts look_at_timers();

/// is_fed: what comes from sacct is fresh, so that something runs ingest, whatever it is.
Findings timer_findings(const TimerFacts& timers, bool is_fed);

}  // namespace foreshape
