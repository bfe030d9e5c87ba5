// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// For which foreseen job is data staged now? And why not for the others?
//
// Runs in: offline.
// Threads: a pure function.

#include <optional>
#include <string>

#include "tools/stage/source_state.h"
#include "tools/stage/stage_evidence.h"
#include "tools/stage/stage_settings.h"
#include "tools/stage/staging_jobs.h"

namespace foreshape {

struct StageCandidate {
  UserId uid = 0;
  double probability = 0;  ///< of a submission within PlanWindow, once the copy can be there
  std::string source;
  std::int64_t copy_s = 0;  ///< how long the copying takes, as far as is known
};

/// After so many failures within a day a user's staging rests.
inline constexpr std::size_t kMaxFailures = 3;

/// Why nothing is staged for this user whatever the source is like; nullopt: it depends on the source.
std::optional<std::string> reason_to_rest(const StageCandidate& candidate, const StagingJobs& jobs,
                                          const StagePlanSettings& plan);

/// Why this source is not staged, whenever its job comes; nullopt: it depends on that.
std::optional<std::string> reason_against_source(const SourceState& source);

/// Why so many bytes more are not staged for this user today (DayBytes, UserDayBytes); nullopt: they are.
std::optional<std::string> reason_of_day(UserId uid, std::int64_t bytes, const StageEvidence& evidence,
                                         const StagePlanSettings& plan);

/// Why this source is not staged now; nullopt: it is. Not yet, where the submission is likelier to come before the copy
/// is there, or more than PlanWindow later; never, where it would take longer than JobTime. Staged where probability x
/// time saved is worth it:
///
///   probability x bytes / ReadRate >= MinSaved
///
/// Source: ours. The copying itself takes as long, but of one CPU at the end of the queue, while the job's reading
/// holds all of its nodes.
std::optional<std::string> reason_against_now(const StageCandidate& candidate, const SourceState& source,
                                              const StagePlanSettings& plan);

}  // namespace foreshape
