#include "slurm-plugin/runtime_api.h"

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "slurm-plugin/boundary.h"
#include "slurm-plugin/runtime.h"
#include "slurm-plugin/slurm_abi.h"

namespace foreshape {
namespace {

std::mutex mutex;  // guards users and runtime, the pointer
int users = 0;     // plugins that have started and not yet stopped
std::shared_ptr<Runtime> runtime;

std::shared_ptr<Runtime> current() {
  const std::lock_guard lock(mutex);
  return runtime;
}

void log_line(LogLevel level, std::string_view line) {
  const std::string text(line);
  if (level == LogLevel::error)
    slurm_error("foreshape: %s", text.c_str());
  else if (level == LogLevel::info)
    slurm_info("foreshape: %s", text.c_str());
  else
    slurm_debug("foreshape: %s", text.c_str());
}

/// foreshape.conf lies beside slurm.conf.
std::string settings_file() {
  const std::string slurm_conf_file =
      slurm_conf.slurm_conf != nullptr ? slurm_conf.slurm_conf : "/etc/slurm/slurm.conf";
  return (std::filesystem::path(slurm_conf_file).parent_path() / "foreshape.conf").string();
}

RuntimeStart start_values() {
  using namespace std::chrono;
  RuntimeStart start;
  start.settings_file = settings_file();
  start.facts = site_facts(slurm_conf);
  start.started_ms = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  start.log = log_line;
  return start;
}

}  // namespace
}  // namespace foreshape

void foreshape_start() noexcept {
  foreshape::at_boundary("start", [] {
    const std::lock_guard lock(foreshape::mutex);
    ++foreshape::users;
    if (foreshape::runtime == nullptr)
      foreshape::runtime = std::make_shared<foreshape::Runtime>(foreshape::start_values());
  });
}

void foreshape_stop() noexcept {
  foreshape::at_boundary("stop", [] {
    std::shared_ptr<foreshape::Runtime> last;  // destroyed after the lock: joining takes a while
    const std::lock_guard lock(foreshape::mutex);
    if (foreshape::users > 0 && --foreshape::users == 0) last.swap(foreshape::runtime);
  });
}

void foreshape_reconfigure() noexcept {
  foreshape::at_boundary("reconfigure", [] {
    if (const auto runtime = foreshape::current()) runtime->reconfigure();
  });
}

void foreshape_submit(job_desc_msg_t* job, std::uint32_t submitter, char** err_msg) noexcept {
  foreshape::at_boundary("job_submit", [&] {
    const auto runtime = foreshape::current();
    if (runtime && job != nullptr) runtime->submit(*job, submitter, err_msg);
  });
}

void foreshape_modify() noexcept {
  foreshape::at_boundary("job_modify", [] {
    if (const auto runtime = foreshape::current()) runtime->count_modification();
  });
}
