// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/running_slurm.h"

#include <cstring>
#include <dlfcn.h>
#include <filesystem>
#include <link.h>
#include <optional>
#include <string_view>
#include <vector>

namespace foreshape {
namespace {

int add_name(dl_phdr_info* info, std::size_t /*size*/, void* names) noexcept {
  try {
    static_cast<std::vector<std::string>*>(names)->emplace_back(info->dlpi_name);
    return 0;
  } catch (...) {
    return 1;  // no more of them
  }
}

/// Closed at once: it was loaded before, and stays.
template <class Symbol>
const Symbol* symbol_of(const std::string& library, const char* name) {
  void* handle = dlopen(library.c_str(), RTLD_LAZY | RTLD_NOLOAD);
  if (handle == nullptr) return nullptr;
  void* symbol = dlsym(handle, name);
  dlclose(handle);
  Dl_info where{};  // a library that it needs may have the symbol as well
  const bool is_its_own = symbol != nullptr && dladdr(symbol, &where) != 0 && library == where.dli_fname;
  return is_its_own ? static_cast<const Symbol*>(symbol) : nullptr;
}

std::optional<RunningSlurm> told_by(const std::string& library) {
  const char* name = symbol_of<char>(library, "plugin_name");
  const auto* version = symbol_of<std::uint32_t>(library, "plugin_version");
  if (name == nullptr || version == nullptr || std::string_view(name).starts_with("foreshape"))
    return std::nullopt;
  return RunningSlurm{*version, std::filesystem::path(library).parent_path().string()};
}

std::string text_of(std::uint32_t version) {
  const auto part = [&](unsigned shift) { return std::to_string((version >> shift) & 0xffU); };
  const std::string minor = part(8);
  return part(16) + "." + (minor.size() < 2 ? "0" : "") + minor + "." + part(0);
}

RunningSlurm look() {
  std::vector<std::string> libraries;
  dl_iterate_phdr(add_name, &libraries);
  for (const std::string& library : libraries)
    if (!library.empty())
      if (auto told = told_by(library)) return *told;
  return {};
}

}  // namespace

const RunningSlurm& running_slurm() {
  static const RunningSlurm found = look();
  return found;
}

std::uint32_t version_to_show() noexcept {
  try {
    const std::uint32_t running = running_slurm().version;
    return running != 0 ? running : FORESHAPE_BUILT_FOR;
  } catch (...) {
    return FORESHAPE_BUILT_FOR;
  }
}

std::string wrong_release(std::uint32_t running) {
  constexpr std::uint32_t kBuiltFor = FORESHAPE_BUILT_FOR;
  if (running == 0 || running == kBuiltFor) return "";
  return "built for Slurm " + text_of(kBuiltFor) + ", and this is " + text_of(running) +
         ": it does nothing, and every job passes as submitted, until it is built for this one";
}

}  // namespace foreshape
