// SPDX-License-Identifier: GPL-2.0-or-later
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

#include "predictor/base/text.h"
#include "tools/cli/commands.h"
#include "tools/cli/options.h"
#include "tools/cli/owned_file.h"
#include "tools/setup/first_settings.h"
#include "tools/setup/login.h"
#include "tools/setup/server_recipe.h"
#include "tools/setup/site_variables.h"
#include "tools/setup/slurm_conf_step.h"
#include "tools/setup/state_directory.h"
#include "tools/setup/store_server.h"
#include "tools/setup/store_steps.h"
#include "tools/setup/timers.h"
#include "tools/setup/written_file.h"

namespace foreshape {
namespace {

constexpr const char* kProgram = "foreshape setup";

CommandLine command_line() {
  CommandLine line{
      kProgram, "[--apply] [--dry-run] [--remove [--purge-data]] [OPTIONS]",
      "Makes everything that a site needs: StateDir, the store with its roles, the site file, a first\n"
      "foreshape.conf; and says which lines slurm.conf needs. What is there already stays."};
  const OptionRow rows[] = {
      {"dry-run", flag(), "say what would be done, change nothing"},
      {"apply", flag(), "edit slurm.conf too, keeping a copy of what it was"},
      {"remove", flag(), "take everything back, but data (and slurm.conf's lines: with --apply)"},
      {"purge-data", flag(), "with --remove: drop the data too: the store, its roles, StateDir"},
      {"recipe", flag(), "print what to do for a server elsewhere and for login nodes, and end"},
      {"slurm-conf", text_value("FILE"),
       "the cluster's slurm.conf (default: SLURM_CONF, else /etc/slurm/slurm.conf)"},
      {"slurm-user", text_value("USER"), "whom slurmctld runs as (default: SlurmUser)"},
      {"state-dir", text_value("DIR"), "StateDir of a new foreshape.conf (default: /var/lib/foreshape)"},
      {"plugin-dir", text_value("DIR"), "where Foreshape's plugins are (default: beside this program)"},
      {"admin-db", text_value("CONNINFO"),
       "the same server as somebody who may create roles (default: user postgres through the local socket)"},
      {"etc", text_value("DIR", "/etc"), "where the system's configuration is"},
  };
  add_options(line.options, rows);
  add_database_option(line.options);
  return line;
}

SetupOptions setup_options(const ParsedOptions& parsed) {
  SetupOptions options;
  options.slurm_conf = parsed.text("slurm-conf");
  if (options.slurm_conf.empty()) {
    const char* named = std::getenv("SLURM_CONF");  // NOLINT(concurrency-mt-unsafe): one thread
    options.slurm_conf = named != nullptr ? named : "/etc/slurm/slurm.conf";
  }
  options.slurm_conf = std::filesystem::absolute(options.slurm_conf).lexically_normal().string();
  options.slurm_user = parsed.text("slurm-user");
  options.state_dir = parsed.text("state-dir");
  options.database = database(parsed);
  options.admin_database = parsed.text("admin-db");
  options.plugin_dir = parsed.text("plugin-dir");
  options.removes = parsed.has("remove");
  options.etc = parsed.text("etc");
  return options;
}

/// What says where the data are stays as long as they do.
SetupStep with_the_data(SetupStep step, bool purge) {
  if (purge) return step;
  step.check_removal = [check = step.check_removal]() -> Result<StepFinding> {
    auto found = check();
    if (found && found->state == StepState::open)
      return StepFinding{StepState::left_over, "stays with the data; --purge-data: " + found->say};
    return found;
  };
  return step;
}

/// Root's, whoever its directory belongs to: a second run takes from it what root makes, and what it empties.
SetupStep settings_step(const SetupSite& site) {
  const WrittenFile file{site.foreshape_conf, first_settings(site.settings.state_dir), true};
  constexpr mode_t kMode = 0644;
  SetupStep step = written_file_step("foreshape.conf", file);
  step.make = [file] { return replace_owned_file(file.path, file.text, kMode, "root"); };
  return step;
}

/// In the order in which they are made; taken back in the opposite one. First comes what says where the data
/// are: a removal that was broken off then still knows, the next time, which data are meant.
std::vector<SetupStep> all_steps(const SetupSite& site, const ParsedOptions& parsed) {
  const bool purge = parsed.has("purge-data");
  std::vector<SetupStep> steps = {with_the_data(site_file_step(site), purge),
                                  with_the_data(settings_step(site), purge),
                                  state_directory_step(site, purge),
                                  journal_directory_step(site, purge),
                                  database_step(site, purge),
                                  schema_step(site, purge),
                                  roles_step(site, purge),
                                  login_step(site, purge)};
  for (SetupStep& step : timer_steps(site)) steps.push_back(std::move(step));
  steps.push_back(slurm_conf_step(site, parsed.has("apply"), purge));
  return steps;
}

/// Some of what is said stands in files that others write.
void say(const std::string& text) {
  for (std::string_view rest = text;;) {
    const auto end = rest.find('\n');
    fmt::print("{}\n", harmless(rest.substr(0, end)));
    if (end == std::string_view::npos) return;
    rest.remove_prefix(end + 1);
  }
}

int run(const ParsedOptions& parsed) {
  // What is written is as open as its mode says, however careful root's shell is: Slurm's users read
  // slurm.conf.
  ::umask(022);
  const SetupOptions options = setup_options(parsed);
  // For scontrol, which answers for the cluster that this slurm.conf is of.
  ::setenv("SLURM_CONF", options.slurm_conf.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): one thread
  const auto site = find_setup_site(options);
  if (!site) return report_failure(kProgram, site.error());
  if (parsed.has("recipe")) {
    fmt::print("{}", server_recipe(StoreServer{*site}.database(), site->slurm_user.name));
    return kDone;
  }
  const bool dry_run = parsed.has("dry-run");
  const auto direction = parsed.has("remove") ? Direction::remove : Direction::make;
  const auto counts = take_steps(all_steps(*site, parsed), direction, dry_run, say);
  if (!counts) return report_failure(kProgram, counts.error());
  if (dry_run)
    fmt::print("{} steps to do, {} for you; nothing was changed\n", counts->changed, counts->left_over);
  else
    fmt::print("{} steps done, {} for you\n", counts->changed, counts->left_over);
  return kDone;
}

}  // namespace

int run_setup(const Args& args) {
  const auto parsed = parse_options(command_line(), args);
  if (parsed.finished) return *parsed.finished;
  if (parsed.has("purge-data") && !parsed.has("remove"))
    return report_usage(kProgram, "--purge-data goes with --remove");
  if (::geteuid() != 0)
    return report_failure(kProgram,
                          {ErrorCode::invalid_input, "it makes directories and roles: run it as root"});
  return run(parsed);
}

}  // namespace foreshape
