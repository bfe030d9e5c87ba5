// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/settings_keeper.h"

#include <fmt/format.h>
#include <unistd.h>
#include <utility>

#include "predictor/base/file.h"

namespace foreshape {
namespace {

std::string kept_file(const std::string& state_dir) { return state_dir + "/foreshape.conf.in-force"; }

/// What keep_settings() wrote. The bad file may still say where StateDir is.
Result<Settings> kept_settings(const std::string& file, const FileTrust& trust) {
  const auto text = read_file(file, kMaxSettingsBytes, trust);
  return load_settings(kept_file(path_in(text.value_or(""), "StateDir").value_or(Settings{}.state_dir)),
                       trust);
}

/// Off, but with its files where the bad file says that StateDir and StatusFile are: the status there must
/// say what is wrong, and not what was so before the start.
Settings passive_settings(const std::string& file, const FileTrust& trust) {
  const auto text = read_file(file, kMaxSettingsBytes, trust);
  std::string places;
  for (const char* key : {"StateDir", "StatusFile"}) {
    const auto path = path_in(text.value_or(""), key);
    const std::string with = places + (path ? fmt::format("{}=\"{}\"\n", key, *path) : "");
    if (parse_settings(with, file)) places = with;  // what is wrong with one does not take the other with it
  }
  Settings passive = parse_settings(places, file).value_or(Settings{});
  passive.enabled = false;
  return passive;
}

}  // namespace

FirstSettings settings_at_start(const std::string& file, bool by_reconfigure, const LogSink& log) {
  const FileTrust trust{::geteuid()};
  auto settings = load_settings(file, trust);
  if (settings) return {std::move(*settings), ""};
  const Error& error = settings.error();
  if (error.code == ErrorCode::not_found) {
    log(LogLevel::info, file + ": does not exist; observing with the default settings");
    return {};
  }
  if (by_reconfigure)
    if (auto kept = kept_settings(file, trust)) {
      log(LogLevel::error, error.message + "; keeping the settings that were in force");
      return {std::move(*kept), error.message};
    }
  log(LogLevel::error, error.message + "; passive until it is corrected and scontrol reconfigure is run");
  return {passive_settings(file, trust), error.message};
}

Result<void> keep_settings(const Settings& settings) {
  const std::string text =
      "# What Foreshape took from foreshape.conf last; written by slurmctld, for its own use.\n" +
      format_settings(settings);
  return replace_file(kept_file(settings.state_dir), text, 0644);
}

}  // namespace foreshape
