// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "predictor/base/clock.h"
#include "predictor/base/text.h"
#include "tools/cli/commands.h"
#include "tools/site/acknowledged.h"
#include "tools/site/json_fields.h"
#include "tools/site/plugin_status.h"
#include "tools/site/settings_file.h"
#include "tools/site/staging_day.h"
#include "tools/site/status_checks.h"
#include "tools/site/status_page.h"

namespace foreshape {
namespace {

using Json = nlohmann::json;

/// Slurm's settings as slurmctld says them now; where it can't be asked, as the plugin saw them.
SiteSettings site_settings(const Json& status, bool ask, std::string& note) {
  if (ask) {
    auto site = ask_slurm();
    if (site) return *site;
    note = "Slurm could not be asked (" + site.error().message + "); these are from the status:";
  }
  return site_settings_of_status(json_at(status, "/slurm"));
}

Json checks_json(const std::vector<Check>& checks) {
  constexpr const char* kStates[] = {"ok", "note", "wrong"};
  Json list = Json::array();
  for (const Check& check : checks)
    list.push_back({{"state", kStates[static_cast<std::size_t>(check.state)]},
                    {"found", check.found},
                    {"advice", check.cure}});
  return list;
}

struct Findings {
  std::optional<JournalBacklog> backlog;
  std::optional<StagingDay> staging;  ///< where the site keeps an account of it, and we may read that
  std::vector<Check> health, order;
  std::string order_note;
  bool order_on = false;
  /// What is not switched on need not be ready.
  bool fine() const { return all_fine(health) && (!order_on || all_fine(order)); }
};

void print_json(const Json& status, const Findings& findings) {
  Json out = {{"version", 1},
              {"fine", findings.fine()},
              {"checks", checks_json(findings.health)},
              {"order_checks", checks_json(findings.order)},
              {"status", status}};
  if (const auto& backlog = findings.backlog)
    out["journal_directory"] = {
        {"bytes", backlog->bytes}, {"files", backlog->files}, {"not_ingested", backlog->waiting}};
  if (const auto& day = findings.staging)
    out["staging_24_h"] = {{"planned", day->planned},
                           {"copies", day->copies},
                           {"copied_bytes", day->copied_bytes},
                           {"hits", day->hits},
                           {"misses", day->misses},
                           {"failed", day->failed},
                           {"expired_bytes", day->expired_bytes},
                           {"unused_bytes", day->unused_bytes}};
  fmt::print("{}\n", out.dump(2, ' ', false, Json::error_handler_t::replace));
}

void print_page(const Json& status, const Settings& settings, const Findings& findings, UnixSeconds now) {
  fmt::print("{}", status_page(status, settings, findings.backlog, now));
  if (findings.staging) fmt::print("{:<10} {}\n", "Staging", staging_day_text(*findings.staging));
  fmt::print("\nHealth\n{}",
             findings.health.empty() ? "  OK      nothing is wrong\n" : checks_text(findings.health));
  fmt::print("\nSlurm's settings for Order ({})\n",
             findings.order_on ? "which is on" : "which is off: they matter before it is switched on");
  if (!findings.order_note.empty()) fmt::print("  {}\n", harmless(findings.order_note));
  fmt::print("{}", checks_text(findings.order));
}

CommandLine command_line() {
  CommandLine line{
      .program = "foreshape status",
      .synopsis = "[OPTIONS]",
      .purpose = "Shows what Foreshape does inside slurmctld, and whether Slurm's settings fit."};
  add_settings_option(line.options);
  const OptionRow rows[] = {
      {"acknowledge", flag(),
       "take note of faults and losses so far: from now on only further ones count as wrong"},
      {"json", flag(), "print JSON"},
      {"offline", flag(), "do not ask slurmctld (through scontrol) for Slurm's settings"},
  };
  add_options(line.options, rows);
  return line;
}

}  // namespace

int run_status(const Args& args) {
  const CommandLine line = command_line();
  const ParsedOptions parsed = parse_options(line, args);
  if (parsed.finished) return *parsed.finished;
  auto settings = settings_of(parsed);
  std::optional<Check> broken;
  if (!settings) {
    broken = Check{Check::State::wrong, settings.error().message,
                   "correct foreshape.conf; slurmctld goes on with what it had"};
    settings = places_of(settings_path(parsed));
  }
  const auto status = load_status(settings->status_file);
  if (!status && broken) return report_failure(line.program, {ErrorCode::invalid_input, broken->found});
  if (!status) return report_failure(line.program, status.error());

  const UnixSeconds now = SystemClock().now_s();
  Findings findings;
  findings.order_on = settings->policy.order.mode == OrderMode::on;
  const auto next = json_number<std::uint64_t>(*status, "/journal/next_sequence");
  if (const auto backlog = journal_backlog(settings->journal_dir, next); backlog) findings.backlog = *backlog;
  if (const auto day = staging_day(settings->state_dir + "/stage", now); day) findings.staging = *day;
  if (parsed.has("acknowledge"))
    if (const auto noted = acknowledge(settings->state_dir, *status, now); !noted)
      return report_failure(line.program, noted.error());
  findings.health = status_checks(since_acknowledged(settings->state_dir, *status), *settings, now);
  if (broken) findings.health.insert(findings.health.begin(), *broken);
  findings.order = order_checks(site_settings(*status, !parsed.has("offline"), findings.order_note),
                                settings->policy.order);
  if (parsed.has("json"))
    print_json(*status, findings);
  else
    print_page(*status, *settings, findings, now);
  return findings.fine() ? kDone : kFailed;
}

}  // namespace foreshape
