// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/setup/setup_site.h"

#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>

#include "predictor/base/directory.h"
#include "tools/cli/child_process.h"
#include "tools/cli/site_file.h"
#include "tools/setup/slurm_conf_text.h"

namespace foreshape {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxConfBytes = 4U << 20;

/// "value" of a line "Key   = value" of `scontrol show config`; "" if there is none.
std::string config_value(const std::string& config, const std::string& key) {
  const std::size_t at = config.find("\n" + key + " ");
  if (at == std::string::npos) return "";
  const std::size_t begin = config.find("= ", at), end = config.find('\n', at + 1);
  return begin >= end ? "" : config.substr(begin + 2, end - begin - 2);
}

Result<ConfFile> read_conf(const std::string& path) {
  ConfFile conf;
  auto text = read_file(path, kMaxConfBytes);
  if (!text) {
    text.error().message += "; name the cluster's slurm.conf with --slurm-conf";
    return tl::make_unexpected(text.error());
  }
  conf.text = std::move(*text);
  const ConfText read = read_conf_text(conf.text);
  for (const std::string& name : read.includes) {
    const std::string place = name.starts_with('/') ? name : directory_of(path) + "/" + name;
    const auto included = read_file(place, kMaxConfBytes);
    conf.included.push_back({place, included ? std::optional(*included) : std::nullopt});
  }
  return conf;
}

/// The user that slurmctld runs as: what slurmctld says, else what slurm.conf says.
Result<OsUser> slurm_user(const SetupOptions& options, const ConfFile& conf, const std::string& config) {
  std::string name = options.slurm_user;
  if (name.empty()) name = config_value(config, "SlurmUser");
  name = name.substr(0, name.find('('));  // slurm(64030)
  const ConfText text = read_conf_text(conf.text);
  if (name.empty())
    for (const ConfPair* pair : text.find("SlurmUser")) name = pair->value;
  if (name.empty() && !conf.included.empty())
    return failure(ErrorCode::not_found, "slurm.conf itself has no SlurmUser; name it with --slurm-user");
  auto user = os_user(name.empty() ? "root" : name);  // as Slurm's own default
  if (!user) user.error().message += "; name SlurmUser with --slurm-user";
  // Slurm's default where nothing is said, and seldom meant: all would then be done with root's rights.
  if (user && user->uid == 0 && options.slurm_user.empty())
    return failure(
        ErrorCode::invalid_input,
        "SlurmUser is root, or not said: name whom slurmctld runs as with --slurm-user; where root "
        "is meant, --slurm-user root");
  return user;
}

/// Our plugins lie beside the programs: <prefix>/bin and <prefix>/lib/foreshape/slurm, in a build lib/slurm.
std::string our_plugins(const SetupOptions& options, const std::string& programs) {
  fs::path given = fs::path(options.plugin_dir).lexically_normal();
  if (!given.empty() && !given.has_filename()) given = given.parent_path();  // "/x/"
  if (options.removes && !given.empty()) return given.string();
  const fs::path prefix = fs::path(programs).parent_path();
  for (const fs::path& place : {given, prefix / "lib/foreshape/slurm", prefix / "lib/slurm"})
    if (!place.empty() && fs::exists(place / "job_submit_foreshape.so") &&
        fs::exists(place / "dropin/sched_backfill.so"))
      return place.lexically_normal().string();
  return "";
}

/// Slurm's own plugins, for a slurm.conf that does not say.
std::string stock_plugins(const std::string& config, const std::string& ours) {
  std::string configured = config_value(config, "PluginDir");
  if (!configured.empty() && (ours.empty() || configured.find(ours) == std::string::npos)) return configured;
  std::vector<fs::path> places = {"/usr/lib64/slurm", "/usr/lib/slurm", "/usr/lib/slurm-wlm",
                                  "/usr/local/lib/slurm"};
  std::error_code none;
  for (const auto& entry : fs::directory_iterator("/usr/lib", none))
    for (const char* name : {"slurm-wlm", "slurm"}) places.push_back(entry.path() / name);
  for (const fs::path& place : places)
    if (fs::exists(place / "sched_backfill.so", none)) return place.string();
  return "";
}

/// The cure, where a file is right but for who may write it; a --state-dir needs none, since the file is then
/// not gone by.
Result<void> check_untrusted(const SetupOptions& options, const SetupSite& site, Error error) {
  if (!load_settings(site.foreshape_conf)) return tl::make_unexpected(std::move(error));
  if (!options.state_dir.empty()) return {};
  error.message +=
      fmt::format("; root makes and empties what it names: chown root and chmod go-w {}, or give --state-dir",
                  site.foreshape_conf);
  return tl::make_unexpected(std::move(error));
}

Result<void> take_settings(const SetupOptions& options, SetupSite& site) {
  auto settings = load_settings(site.foreshape_conf, FileTrust{0});
  site.has_foreshape_conf = settings || settings.error().code != ErrorCode::not_found;
  if (settings) {
    site.settings = std::move(*settings);
    if (!options.state_dir.empty() && options.state_dir != site.settings.state_dir)
      return failure(ErrorCode::invalid_input,
                     fmt::format("--state-dir: {} says StateDir={}; change it there", site.foreshape_conf,
                                 site.settings.state_dir));
    return {};
  }
  if (site.has_foreshape_conf)
    if (auto fine = check_untrusted(options, site, settings.error()); !fine) return fine;
  if (options.state_dir.empty()) return {};
  settings = parse_settings("StateDir=\"" + options.state_dir + "\"\n", "--state-dir");
  if (!settings) return tl::make_unexpected(settings.error());
  site.settings = std::move(*settings);
  return {};
}

void take_database(const SetupOptions& options, SetupSite& site) {
  site.database = options.database;
  if (site.database.empty()) site.database = site_variable(site.site_file(), "FORESHAPE_DB");
  if (site.database.empty()) site.database = "dbname=foreshape";
  site.admin_database = options.admin_database;
}

}  // namespace

Result<SetupSite> find_setup_site(const SetupOptions& options) {
  SetupSite site;
  site.etc = options.etc;
  site.slurm_conf = options.slurm_conf;
  site.foreshape_conf = directory_of(site.slurm_conf) + "/foreshape.conf";
  auto conf = read_conf(site.slurm_conf);
  if (!conf) return tl::make_unexpected(conf.error());
  site.conf = std::move(*conf);
  // slurmctld may be down, or not installed yet on this machine: then slurm.conf alone must do.
  const std::string config = output_of({"scontrol", "show", "config"}).value_or("");
  auto user = slurm_user(options, site.conf, config);
  if (!user) return tl::make_unexpected(user.error());
  site.slurm_user = std::move(*user);
  if (auto taken = take_settings(options, site); !taken) return tl::make_unexpected(taken.error());
  site.programs = own_directory();
  site.plugins.ours = our_plugins(options, site.programs);
  site.plugins.stock = stock_plugins(config, site.plugins.ours);
  site.slurmctld_has_us = config_value(config, "JobSubmitPlugins").find("foreshape") != std::string::npos;
  take_database(options, site);
  return site;
}

}  // namespace foreshape
