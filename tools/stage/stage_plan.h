// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// For which foreseen job is data staged now? And why not for the others?
//
// Runs in: offline.
// Threads: a pure function.

#include <optional>
#include <string>

#include "tools/stage/source_state.h"
#include "tools/stage/stage_settings.h"
#include "tools/stage/staging_jobs.h"

namespace foreshape {

struct StageCandidate {
  UserId uid = 0;
  double probability = 0;
  std::string source;
};

/// After so many failures within a day a user's staging rests; with so many copies that no job was told of, until one
/// is or has expired.
inline constexpr std::size_t kMaxFailures = 3, kMaxUnused = 2;

/// Why nothing is staged for this user whatever the source is like; nullopt: it depends on the source.
std::optional<std::string> reason_to_rest(const StageCandidate& candidate, const StagingJobs& jobs,
                                          const StagePlanSettings& plan);

/// Why this source is not staged; nullopt: it is. Staged where probability x time saved is worth it:
///
///   probability x bytes / ReadRate >= MinSaved
///
/// Source: ours. The copying itself takes as long, but of one CPU at the end of the queue, while the job's reading
/// holds all of its nodes.
std::optional<std::string> reason_against(const StageCandidate& candidate, const SourceState& source,
                                          const StagePlanSettings& plan);

}  // namespace foreshape
