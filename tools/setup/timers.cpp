// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/setup/timers.h"

#include <filesystem>
#include <fmt/format.h>
#include <grp.h>

#include "tools/cli/child_process.h"
#include "tools/cli/shell_line.h"
#include "tools/setup/site_variables.h"
#include "tools/setup/written_file.h"

namespace foreshape {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTimers[] = {"foreshape-ingest.timer", "foreshape-retrain.timer"};

std::string log_path(const SetupSite& site) { return site.settings.state_dir + "/timers.log"; }

bool has_trainer(const SetupSite& site) {
  std::error_code none;
  return fs::exists(site.programs + "/foreshape-train", none);
}

bool runs_systemd(const SetupSite& site) {
  std::error_code none;
  return site.etc == "/etc" && fs::is_directory("/run/systemd/system", none);
}

/// The package's units are for the user slurm.
bool has_units(const SetupSite& site) {
  return site.slurm_user.name == "slurm" &&
         output_of({"systemctl", "cat", kTimers[0], kTimers[1]}).has_value();
}

/// Those that are enabled, or are not. Without foreshape-train there is nothing to retrain with.
std::vector<std::string> timers(bool enabled, bool with_trainer) {
  std::vector<std::string> found;
  for (const char* timer : kTimers)
    if ((with_trainer || timer == kTimers[0]) &&
        output_of({"systemctl", "is-enabled", "--quiet", timer}).has_value() == enabled)
      found.emplace_back(timer);
  return found;
}

StepFinding finding(const std::vector<std::string>& open, const char* verb, const char* done) {
  std::string names;
  for (const std::string& name : open) names += " " + name;
  if (open.empty()) return {StepState::done, done};
  return {StepState::open, verb + names};
}

Result<void> systemctl(const char* verb, const std::vector<std::string>& names) {
  std::vector<std::string> words = {"systemctl", verb, "--now"};
  words.insert(words.end(), names.begin(), names.end());
  const auto done = output_of(words);
  if (!done) return tl::make_unexpected(done.error());
  return {};
}

SetupStep systemd_step(bool trains) {
  return {
      .name = "timers",
      .check = [trains] { return finding(timers(false, trains), "systemctl enable --now", "enabled"); },
      .make = [trains] { return systemctl("enable", timers(false, trains)); },
      .check_removal = [] { return finding(timers(true, true), "systemctl disable --now", "not enabled"); },
      .remove = [] { return systemctl("disable", timers(true, true)); }};
}

/// A file that some daemon reads; without its directory there is no such daemon.
SetupStep daemon_file_step(const std::string& name, const WrittenFile& file, const std::string& cure) {
  const SetupStep plain = written_file_step(name, file);
  const std::string directory = fs::path(file.path).parent_path().string();
  const auto missing = [directory] {
    std::error_code none;
    return !fs::is_directory(directory, none);
  };
  SetupStep step = plain;
  step.check = [plain, missing, directory, cure]() -> Result<StepFinding> {
    return missing() ? StepFinding{StepState::left_over, "no " + directory + ": " + cure} : plain.check();
  };
  step.check_removal = [plain, missing, directory]() -> Result<StepFinding> {
    return missing() ? StepFinding{StepState::done, "no " + directory} : plain.check_removal();
  };
  return step;
}

}  // namespace

std::string cron_word(const std::string& word) {
  std::string made;
  for (const char c : shell_word(word)) made += c == '%' ? std::string("\\%") : std::string(1, c);
  return made;
}

std::string cron_text(const SetupSite& site, bool has_trainer) {
  std::string text = fmt::format(
      "{}; foreshape setup --remove takes it away.\n"
      "SHELL=/bin/sh\n"
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n",
      kWrittenMark);
  for (const auto& [name, value] : site_variables(site)) text += fmt::format("{}=\"{}\"\n", name, value);
  const std::string program = cron_word(site.programs + "/foreshape"), log = cron_word(log_path(site));
  const std::string& user = site.slurm_user.name;
  text += fmt::format(
      "# m h dom mon dow user command\n"
      "*/10 * * * * {0} {{ {1} ingest sacct && {1} ingest journal && {1} snapshot; }} >>{2} 2>&1\n",
      user, program, log);
  // 3: nothing better was found, and what was in force stays.
  if (has_trainer)
    text += fmt::format(
        "30 2 * * 1-6 {0} nice -n 15 {1} retrain >>{2} 2>&1 || [ $? -eq 3 ]\n"
        "30 2 * * 0 {0} nice -n 15 {1} retrain --full >>{2} 2>&1 || [ $? -eq 3 ]\n",
        user, program, log);
  return text;
}

std::string logrotate_text(const SetupSite& site) {
  const group* of = ::getgrgid(site.slurm_user.gid);  // NOLINT(concurrency-mt-unsafe): one thread
  const std::string group = of != nullptr ? of->gr_name : site.slurm_user.name;
  // su: the directory is SlurmUser's, where logrotate would not write as root.
  return fmt::format(
      "{}; foreshape setup --remove takes it away.\n"
      "\"{}\" {{\n  su {} {}\n  weekly\n  rotate 4\n  compress\n  missingok\n  notifempty\n}}\n",
      kWrittenMark, log_path(site), site.slurm_user.name, group);
}

std::vector<SetupStep> timer_steps(const SetupSite& site) {
  if (runs_systemd(site) && has_units(site)) return {systemd_step(has_trainer(site))};
  return {daemon_file_step(
              "timers", {site.etc + "/cron.d/foreshape", cron_text(site, has_trainer(site)), false},
              "install cron, or have something else run what foreshape(1) says under ingest and snapshot"),
          daemon_file_step("logrotate", {site.etc + "/logrotate.d/foreshape", logrotate_text(site), false},
                           "see to it that " + log_path(site) + " does not grow for ever")};
}

}  // namespace foreshape
