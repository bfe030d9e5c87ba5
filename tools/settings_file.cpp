#include "tools/settings_file.h"

#include <cstdlib>
#include <filesystem>

namespace foreshape {

void add_settings_option(po::options_description& options) {
  options.add_options()("conf", po::value<std::string>()->value_name("FILE"),
                        "foreshape.conf to go by (default: beside slurm.conf)");
}

Result<Settings> settings_of(const ParsedOptions& parsed) {
  if (parsed.has("conf")) return load_settings(parsed.text("conf"));
  const char* slurm_conf = std::getenv("SLURM_CONF");  // NOLINT(concurrency-mt-unsafe): one thread
  const std::filesystem::path beside = slurm_conf != nullptr ? slurm_conf : "/etc/slurm/slurm.conf";
  auto settings = load_settings((beside.parent_path() / "foreshape.conf").string());
  if (!settings && settings.error().code == ErrorCode::not_found) return Settings{};
  return settings;
}

}  // namespace foreshape
