// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A plugin of Slurm's, ours or its own, as it lies on disk: read and never loaded, since loading one runs its
// code, and ours then show the version of the Slurm that runs (slurm-plugin/running_slurm.h).
//
// Runs in: offline.
// Threads: pure functions over the file system.

#include <cstdint>
#include <string>
#include <string_view>

#include "predictor/base/result.h"

namespace foreshape {

struct PluginIdentity {
  std::string name;           ///< plugin_name: ours begins with "foreshape"
  std::string type;           ///< plugin_type: "job_submit/foreshape"
  std::uint32_t version = 0;  ///< plugin_version: the Slurm that it was built for
};

/// What the bytes of a shared library say in plugin_name, plugin_type and plugin_version.
/// Errors: corrupt - no 64-bit little-endian ELF library, or none that has these symbols.
Result<PluginIdentity> parse_plugin(std::string_view library);

/// The same of a file.
/// Errors: those of read_file, and as above; the message names the file.
Result<PluginIdentity> read_plugin(const std::string& path);

}  // namespace foreshape
