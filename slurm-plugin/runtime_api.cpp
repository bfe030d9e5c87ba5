// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/runtime_api.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "slurm-plugin/runtime.h"
#include "slurm-plugin/slurm/boundary.h"
#include "slurm-plugin/slurm/slurm_abi.h"
#include "slurm-plugin/slurm/slurm_release.h"
#include "slurm-plugin/state/refusal.h"

namespace foreshape {
namespace {

struct Shared {
  std::mutex mutex;  // guards everything below
  int users = 0;     // plugins that have started and not yet stopped
  bool at_exit = false;
  std::shared_ptr<Runtime> runtime;
  std::vector<std::shared_ptr<Runtime>> abandoned;  ///< with a thread that still runs: as long as the process
};

/// Never destroyed: while the process exits, other threads of slurmctld may still come by.
Shared& shared() {
  static Shared& only = *new Shared;
  return only;
}

std::shared_ptr<Runtime> current() {
  Shared& all = shared();
  const std::lock_guard lock(all.mutex);
  return all.runtime;
}

/// Ends it with no lock held: that takes a while.
void end(std::shared_ptr<Runtime> runtime) {
  if (runtime == nullptr || runtime->stop()) return;
  slurm_error("foreshape: a thread is still running; it is abandoned");
  Shared& all = shared();
  const std::lock_guard lock(all.mutex);
  all.abandoned.push_back(std::move(runtime));
}

/// slurmctld calls no fini() of job_submit plugins before it exits (22.05, read), and statics must not be
/// destroyed under running threads. Registered after the Runtime is made, so it runs before those do.
void end_at_exit() {
  at_boundary("exit", [] {
    std::shared_ptr<Runtime> last;
    {
      Shared& all = shared();
      const std::lock_guard lock(all.mutex);
      all.users = 0;
      last.swap(all.runtime);
    }
    end(std::move(last));
  });
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
  start.by_reconfigure = started_by_reconfigure();
  return start;
}

}  // namespace
}  // namespace foreshape

void foreshape_start() noexcept {
  foreshape::at_boundary("start", [] {
    foreshape::Shared& all = foreshape::shared();
    const std::lock_guard lock(all.mutex);
    ++all.users;
    if (all.runtime == nullptr) all.runtime = std::make_shared<foreshape::Runtime>(foreshape::start_values());
    if (!std::exchange(all.at_exit, true)) static_cast<void>(std::atexit(foreshape::end_at_exit));
  });
}

void foreshape_stop() noexcept {
  foreshape::at_boundary("stop", [] {
    std::shared_ptr<foreshape::Runtime> last;
    {
      foreshape::Shared& all = foreshape::shared();
      const std::lock_guard lock(all.mutex);
      if (all.users > 0 && --all.users == 0) last.swap(all.runtime);
    }
    foreshape::end(std::move(last));
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

bool foreshape_refuses(const job_desc_msg_t* job, std::uint32_t caller, char** err_msg) noexcept {
  bool refuses = false;
  foreshape::at_boundary("refusal", [&] {
    if (job == nullptr || caller == 0 || caller == slurm_conf.slurm_user_id) return;
    const char* why = foreshape::current() ? foreshape::refusal_of(*job) : nullptr;
    if (why == nullptr) return;
    refuses = true;
    if (err_msg != nullptr && *err_msg == nullptr) *err_msg = slurm_xstrdup(why);
  });
  return refuses;
}

void foreshape_modify(job_desc_msg_t* change) noexcept {
  foreshape::at_boundary("job_modify", [&] {
    const auto runtime = foreshape::current();
    if (runtime && change != nullptr) runtime->modify(*change);
  });
}
