// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a job's admin comment says of its trial start: what it needs to go on as if there had been none. It
// lives and dies with the job, so it does not matter which slurmctld died when.
//
// Runs in: slurmctld and offline.
// Threads: pure functions.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "predictor/base/job.h"

namespace foreshape {

/// What became of a trial.
enum class TrialEnd : std::uint8_t {
  possible,  ///< none yet: the job may be tried, as was seen at its submission
  open,      ///< it may begin, runs, or has ended within its time
  whole,     ///< it runs on with its whole limit
  requeued,  ///< it waits again, as before
};

/// Of a job that may be tried nothing but that is known.
struct TrialMark {
  std::uint32_t limit_min = 0;  ///< its user's own limit, minutes
  UnixSeconds since_s = 0;      ///< since when it has waited, as Slurm counts a job's age
  TrialEnd end = TrialEnd::open;
  /// requeued: seconds of its age that Slurm has forgotten, and its site factor has instead.
  std::int64_t credit_s = 0;
};

/// The mark in an admin comment. It counts only right behind the last token's tag and a memory_mark: see
/// there. nullopt: none, or figures that no mark of ours has.
std::optional<TrialMark> trial_mark(std::string_view admin_comment);

/// The comment with this mark instead of the one that it had, or appended to what is ours in it:
/// "foreshape=<16 hex digits> foreshape_trial:possible"; then ":60m,since:1764300000", and once it is over
/// ",requeued:5400s (ran as a trial start, waits on in its old place)" or
/// ",whole (ran as a trial start, runs on)". Unchanged where there is no tag. nullopt for the mark: without one.
std::string comment_with(std::string_view admin_comment, const std::optional<TrialMark>& mark);

}  // namespace foreshape
