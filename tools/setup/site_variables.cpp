// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/setup/site_variables.h"

#include <fmt/format.h>

#include "sql/conninfo.h"
#include "tools/cli/site_file.h"
#include "tools/setup/changed_file.h"
#include "tools/setup/marked_block.h"
#include "tools/setup/written_file.h"

namespace foreshape {
namespace {

constexpr mode_t kMode = 0644;  // of a new one: every user's sshape reads it

/// As systemd's EnvironmentFile and a shell read it alike.
Result<std::string> written_value(const std::string& name, const std::string& value) {
  if (value.find_first_of("\n\"\\$`") != std::string::npos)
    return failure(ErrorCode::invalid_input,
                   fmt::format("{}: '{}' has a quote, backslash or $ in it, which the site file can't hold",
                               name, value));
  return value.find_first_of(" \t'#;&|<>()*?") == std::string::npos ? value : "\"" + value + "\"";
}

Result<std::string> wanted_text(const SetupSite& site, const std::string& text) {
  if (!conninfo_part(site.database, "password").empty())
    return failure(ErrorCode::invalid_input, "--db has a password, and every user reads " + site.site_file() +
                                                 ": put it in ~/.pgpass of " + site.slurm_user.name);
  auto wanted = with_variables(text, site_variables(site));
  if (!wanted) return tl::make_unexpected(about(site.site_file(), wanted.error()));
  return wanted;
}

Result<StepFinding> check(const SetupSite& site) {
  const auto text = text_or_none(site.site_file());
  if (!text) return tl::make_unexpected(text.error());
  const auto wanted = wanted_text(site, *text);
  if (!wanted) return tl::make_unexpected(wanted.error());
  const std::string what = fmt::format("FORESHAPE_DB={} in {}", site.database, site.site_file());
  return *wanted == *text ? StepFinding{StepState::done, what}
                          : StepFinding{StepState::open, "write " + what};
}

Result<void> make(const SetupSite& site) {
  const auto text = text_or_none(site.site_file());
  if (!text) return tl::make_unexpected(text.error());
  const auto wanted = wanted_text(site, *text);
  if (!wanted) return tl::make_unexpected(wanted.error());
  return change_file(site.site_file(), *wanted, kMode);
}

Result<StepFinding> check_removal(const SetupSite& site) {
  const auto text = text_or_none(site.site_file());
  if (!text) return tl::make_unexpected(text.error());
  if (block_in(*text).empty()) return StepFinding{StepState::done, "nothing of ours in " + site.site_file()};
  return StepFinding{StepState::open, "take our lines out of " + site.site_file()};
}

Result<void> remove(const SetupSite& site) {
  const auto text = text_or_none(site.site_file());
  if (!text) return tl::make_unexpected(text.error());
  const std::string left = with_block(*text, "", BlockPlace::last);
  return left.empty() ? remove_file(site.site_file()) : change_file(site.site_file(), left, kMode);
}

}  // namespace

Variables site_variables(const SetupSite& site) {
  Variables variables = {{"FORESHAPE_DB", site.database}};
  if (site.slurm_conf != "/etc/slurm/slurm.conf") variables.emplace_back("SLURM_CONF", site.slurm_conf);
  return variables;
}

Result<std::string> with_variables(const std::string& text, const Variables& variables) {
  const std::string theirs = with_block(text, "", BlockPlace::last);
  std::string lines;
  for (const auto& [name, value] : variables) {
    const std::string their_value = variable_in(theirs, name);
    if (their_value == value) continue;
    if (!their_value.empty())
      return failure(
          ErrorCode::invalid_input,
          fmt::format("it says {}={}, and '{}' is wanted: change it there", name, their_value, value));
    const auto written = written_value(name, value);
    if (!written) return tl::make_unexpected(written.error());
    lines += fmt::format("{}={}\n", name, *written);
  }
  return with_block(text, lines, BlockPlace::last);
}

SetupStep site_file_step(const SetupSite& site) {
  return {.name = "site file",
          .check = [site] { return check(site); },
          .make = [site] { return make(site); },
          .check_removal = [site] { return check_removal(site); },
          .remove = [site] { return remove(site); }};
}

}  // namespace foreshape
