// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/doctor/timer_checks.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <iterator>
#include <sstream>

#include "predictor/base/file.h"
#include "tools/cli/child_process.h"

namespace foreshape {
namespace {

constexpr const char* kGroup = "timers";

const UnitState* unit(const TimerFacts& timers, const std::string& name) {
  const auto found = std::ranges::find(timers.units, name, &UnitState::name);
  return found == timers.units.end() ? nullptr : &*found;
}

bool runs(const TimerFacts& timers, const std::string& task) {
  const UnitState* timer = unit(timers, "foreshape-" + task + ".timer");
  if (timer != nullptr && timer->active == "active") return true;
  return std::ranges::any_of(timers.cron_lines, [&](const std::string& line) {
    return line.find("foreshape " + task) != std::string::npos;
  });
}

void check_failure(const TimerFacts& timers, const std::string& task, Findings& findings) {
  const UnitState* service = unit(timers, "foreshape-" + task + ".service");
  if (service == nullptr || service->active != "failed") return;
  findings.push_back(
      {kGroup, Severity::error,
       fmt::format("{} failed when it ran last ({})", service->name, service->result),
       "the store, and what is made of it, is no longer fed",
       fmt::format("journalctl -u {} says why; then systemctl start {}", service->name, service->name)});
}

/// A timer that runs until the next boot and no longer.
void check_boot(const TimerFacts& timers, const std::string& task, Findings& findings) {
  const UnitState* timer = unit(timers, "foreshape-" + task + ".timer");
  if (timer == nullptr || timer->active != "active" || timer->file != "disabled") return;
  findings.push_back({kGroup, Severity::warning, timer->name + " runs, but is not enabled",
                      "after the next boot it will not run", "systemctl enable " + timer->name});
}

}  // namespace

std::vector<UnitState> parse_units(std::string_view shown) {
  std::vector<UnitState> units;
  UnitState now;
  const auto take = [&] {
    if (!now.name.empty() && !now.file.empty()) units.push_back(now);
    now = {};
  };
  std::istringstream lines{std::string(shown)};
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) take();
    const std::size_t equals = std::min(line.find('='), line.size());
    const std::string key = line.substr(0, equals),
                      value = equals < line.size() ? line.substr(equals + 1) : "";
    if (key == "Id") now.name = value;
    if (key == "UnitFileState") now.file = value;
    if (key == "ActiveState") now.active = value;
    if (key == "Result") now.result = value;
  }
  take();
  return units;
}

std::vector<std::string> our_cron_lines(std::string_view crontab) {
  std::vector<std::string> ours;
  std::istringstream lines{std::string(crontab)};
  for (std::string line; std::getline(lines, line);)
    if (!line.starts_with('#') && line.find("foreshape ") != std::string::npos) ours.push_back(line);
  return ours;
}

TimerFacts look_at_timers() {
  namespace fs = std::filesystem;
  TimerFacts facts;
  std::error_code ignored;
  facts.has_systemd = fs::exists("/run/systemd/system", ignored);
  if (facts.has_systemd)
    facts.units =
        parse_units(output_of({"systemctl", "show", "--property=Id,UnitFileState,ActiveState,Result",
                               "foreshape-ingest.timer", "foreshape-ingest.service",
                               "foreshape-retrain.timer", "foreshape-retrain.service"})
                        .value_or(""));
  std::vector<fs::path> crontabs{"/etc/crontab"};
  for (const char* directory : {"/etc/cron.d", "/var/spool/cron/crontabs", "/var/spool/cron"})
    for (const auto& entry : fs::directory_iterator(directory, ignored)) crontabs.push_back(entry.path());
  constexpr std::size_t kMaxBytes = 1U << 20;
  for (const fs::path& crontab : crontabs)
    std::ranges::move(our_cron_lines(read_file(crontab.string(), kMaxBytes).value_or("")),
                      std::back_inserter(facts.cron_lines));
  return facts;
}

Findings timer_findings(const TimerFacts& timers, bool is_fed) {
  Findings findings;
  for (const std::string task : {"ingest", "retrain"}) {
    check_failure(timers, task, findings);
    check_boot(timers, task, findings);
    const std::string cure = timers.has_systemd
                                 ? "systemctl enable --now foreshape-" + task + ".timer"
                                 : std::string("foreshape setup --apply, which writes /etc/cron.d/foreshape");
    if (runs(timers, task))
      findings.push_back(fine(kGroup, fmt::format("foreshape {} is run by a timer or cron", task)));
    else if (task == "retrain")
      findings.push_back({kGroup, Severity::note, "no timer or cron line runs foreshape retrain",
                          "without a trained model the kernel predicts; a promoted one grows old", cure});
    else
      findings.push_back(
          {kGroup, is_fed ? Severity::note : Severity::warning, "no timer or cron line runs foreshape ingest",
           is_fed ? "something else does, since the store is fresh" : "the store is not fed", cure});
  }
  return findings;
}

}  // namespace foreshape
