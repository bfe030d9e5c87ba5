// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/linked_runtime.h"

#include <dlfcn.h>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "slurm-plugin/own_library.h"
#include "slurm-plugin/running_slurm.h"
#include "slurm-plugin/slurm/boundary.h"

namespace foreshape {
namespace {

/// Beside the plugin, or above it where the plugin is the drop-in.
std::string runtime_file() {
  namespace fs = std::filesystem;
  const std::string own = own_library();
  if (own.empty()) return "";
  const fs::path directory = fs::path(own).parent_path();
  const fs::path beside = directory / "libforeshape_runtime.so";
  std::error_code ignored;
  return fs::exists(beside, ignored) ? beside.string()
                                     : (directory.parent_path() / beside.filename()).string();
}

/// All symbols at once: one that this slurmctld lacks must not be missed in the middle of a submission.
LinkedRuntime load() {
  if (const std::string wrong = wrong_release(running_slurm().version); !wrong.empty())
    throw std::runtime_error(wrong);
  void* library = dlopen(runtime_file().c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw std::runtime_error(load_error());
  LinkedRuntime linked;
  const auto find = [library](auto& function, const char* name) {
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, name));
    if (function == nullptr) throw std::runtime_error(load_error());
  };
  find(linked.start, "foreshape_start");
  find(linked.stop, "foreshape_stop");
  find(linked.reconfigure, "foreshape_reconfigure");
  find(linked.submit, "foreshape_submit");
  find(linked.modify, "foreshape_modify");
  find(linked.refuses, "foreshape_refuses");
  return linked;
}

std::optional<LinkedRuntime> load_or_say_why() noexcept {
  std::optional<LinkedRuntime> linked;
  guarded([&] { linked = load(); }, [](const char* why) { slurm_error("foreshape: %s", why); });
  return linked;
}

}  // namespace

const LinkedRuntime* linked_runtime() noexcept {
  static const std::optional<LinkedRuntime> linked = load_or_say_why();
  return linked ? &*linked : nullptr;
}

}  // namespace foreshape
