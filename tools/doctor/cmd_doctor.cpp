// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "predictor/base/clock.h"
#include "tools/cli/commands.h"
#include "tools/cli/options.h"
#include "tools/doctor/clock_checks.h"
#include "tools/doctor/finding.h"
#include "tools/doctor/memory_checks.h"
#include "tools/doctor/plugin_checks.h"
#include "tools/doctor/settings_checks.h"
#include "tools/doctor/slurm_checks.h"
#include "tools/doctor/slurm_facts.h"
#include "tools/doctor/status_findings.h"
#include "tools/doctor/store_checks.h"
#include "tools/doctor/timer_checks.h"
#include "tools/doctor/upgrade_checks.h"
#include "tools/site/acknowledged.h"
#include "tools/site/json_fields.h"
#include "tools/site/plugin_status.h"
#include "tools/site/settings_file.h"
#include "tools/site/slurm_version.h"

namespace foreshape {
namespace {

CommandLine command_line() {
  CommandLine line{
      .program = "foreshape doctor",
      .synopsis = "[OPTIONS]",
      .purpose =
          "Says whether Foreshape is installed right and healthy: what is wrong, why it matters, "
          "and what cures it.\n"
          "For slurmctld's host, as root or SlurmUser. Exit code: 0 healthy (notes at most), 3 "
          "warnings, 4 errors."};
  add_settings_option(line.options);
  const OptionRow rows[] = {
      {"before-upgrade", text_value("VERSION"),
       "say only what an upgrade of Slurm to this version would do, such as 24.11.5"},
      {"json", flag(), "print JSON"},
      {"parsable2,P", flag(), "print fields separated by '|'"},
  };
  add_options(line.options, rows);
  add_database_option(line.options);
  return line;
}

/// What only root and SlurmUser may look at is not judged for anybody else.
void check_caller(const SettingsFacts& settings, Findings& findings) {
  const uid_t uid = geteuid();
  if (uid == 0 || (settings.slurm_user && settings.slurm_user->uid == uid)) return;
  findings.push_back({"settings", Severity::warning, "you are " + user_text(uid),
                      "what only root and SlurmUser may read could not be looked at",
                      "sudo foreshape doctor"});
}

std::optional<UnixSeconds> written_at(const Result<nlohmann::json>& status) {
  return status ? std::optional(json_number<UnixSeconds>(*status, "/written")) : std::nullopt;
}

Findings examine(const ParsedOptions& parsed, std::optional<std::uint32_t> target) {
  const std::string conf = settings_path(parsed);
  const SlurmFacts slurm = ask_slurm_facts(slurm_conf_beside(conf));
  const InstalledPlugins plugins = look_for_plugins(slurm.plugin_directories);
  const SettingsFacts facts = look_at_settings(conf, parsed.has("conf"), slurm);
  const Settings& settings = facts.settings;
  if (target) return upgrade_findings(plugins, slurm, settings.policy.order, *target);
  Findings findings = plugin_findings(plugins, slurm);
  append(findings, slurm_findings(slurm, settings));
  append(findings, memory_findings(slurm, settings));
  append(findings, settings_findings(facts, slurm));
  check_caller(facts, findings);
  const auto status = load_status(settings.status_file);
  append(findings, status_findings(status.map([&](const nlohmann::json& all) {
           return since_acknowledged(settings.state_dir, all);
         }),
                                   settings, SystemClock().now_s()));
  const StoreFacts store = look_at_store(database(parsed), facts, slurm);
  const UnixSeconds now = SystemClock().now_s();
  append(findings, store_findings(store, now));
  append(findings, timer_findings(look_at_timers(), is_fed(store, now)));
  append(findings, clock_findings({.now_s = now,
                                   .slurmctld_ahead_s = slurm.clock_ahead_s,
                                   .store_ahead_s = store.clock_ahead_s,
                                   .status_s = written_at(status),
                                   .ingested_s = store.sacct_up_to_s,
                                   .is_kept = is_time_kept()}));
  return findings;
}

}  // namespace

int run_doctor(const Args& args) {
  const CommandLine line = command_line();
  const ParsedOptions parsed = parse_options(line, args);
  if (parsed.finished) return *parsed.finished;
  std::optional<std::uint32_t> target;
  if (parsed.has("before-upgrade")) {
    target = slurm_version_number(parsed.text("before-upgrade"));
    if (!target) return report_usage(line.program, "--before-upgrade: expected a version such as 24.11.5");
  }
  const Findings findings = examine(parsed, target);
  fmt::print("{}", parsed.has("json")        ? findings_json(findings)
                   : parsed.has("parsable2") ? findings_bars(findings)
                                             : findings_text(findings));
  return exit_code_of(findings);
}

}  // namespace foreshape
