// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The plots of a replayed trace, as SVG; each says in data-plot what it shows.
//
// Runs in: offline.
// Threads: pure functions.

#include <string>

#include "replay/picture.h"

namespace foreshape {

/// CSS class that gives the run at this index its colour, the same in every plot.
std::string series_class(std::size_t run);
/// "easy-sjbf:last2", short enough for a plot; tables have the title beside it
std::string series_name(const RunPicture& run);

/// data-plot="waits" and "slowdowns": one line for each policy, the share of the jobs at or below a value.
std::string waits_plot(const TracePicture& trace);
std::string slowdowns_plot(const TracePicture& trace);

/// data-plot="queue" and "utilisation": an area for the policy at this index, the first policy's line over
/// it.
std::string queue_plot(const TracePicture& trace, std::size_t run);
std::string utilisation_plot(const TracePicture& trace, std::size_t run);

/// How many times smaller a user's mean slowdown became; below 1 it grew.
struct UserChange {
  const UserPicture* before = nullptr;
  const UserPicture* after = nullptr;
  double gain() const { return before->slowdown / after->slowdown; }
};
/// All users with jobs, the largest gain first.
std::vector<UserChange> user_changes(const TracePicture& trace, std::size_t run);
/// A change of up to this share is none.
inline constexpr double kNoticeableChange = 0.05;

/// data-plot="gain": kGainBars bars, the users by how their slowdown changed from the first policy.
std::string gain_plot(const TracePicture& trace, std::size_t run);
inline constexpr std::size_t kGainBars = 17;

}  // namespace foreshape
