// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Foreshape's three lines in slurm.conf: put in beside what a site has there, and taken out again to the
// byte.
//
// Runs in: offline.
// Threads: pure functions.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/base/result.h"

namespace foreshape {

struct PluginPlaces {
  std::string ours;   ///< "/usr/lib/foreshape/slurm"
  std::string stock;  ///< for a slurm.conf without a PluginDir: Slurm's own; "" where it is not known
};

/// A slurm.conf with what it includes.
struct ConfFile {
  struct Included {
    std::string name;
    std::optional<std::string> text;  ///< nullopt: it could not be read
  };
  std::string text;
  std::vector<Included> included;
};

/// The three lines as they must stand in this slurm.conf: other job_submit plugins stay before ours, other
/// plugin directories behind ours. Errors: invalid_input - it can't be sure what Slurm reads there (a key
/// twice, in an included file, continued over lines, `+=`), or Foreshape does not fit (another SchedulerType,
/// ours listed but not in its place). The message says which line to write by hand.
Result<std::vector<std::string>> plugin_lines(const ConfFile& file, const PluginPlaces& places);

/// The text with them; the same text where it has them.
/// Errors: as above.
Result<std::string> with_plugin_lines(const ConfFile& file, const PluginPlaces& places);

/// The text without them: lines that were added are gone, lines that were changed are as they were. What a
/// site has put into an added line since stays. Errors: as above; also invalid_input - places.ours is "" and
/// PluginDir names plugins of ours.
Result<std::string> without_plugin_lines(const ConfFile& file, const PluginPlaces& places);

}  // namespace foreshape
