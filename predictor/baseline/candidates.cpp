// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/baseline/candidates.h"

#include <algorithm>

namespace foreshape {
namespace {

/// Appends a group's jobs, leaving out the user's, which are there already.
void append(Candidates& to, const JobRequest& job, const ProfileStore& profiles, ProfileGroup group,
            std::uint32_t key, Evidence evidence) {
  const auto room = std::span{to.jobs}.subspan(to.size);
  const auto added = room.first(profiles.newest_jobs(group, key, room));
  const auto is_own = [&](const PastJob& past) { return past.uid == job.uid; };
  const auto others =
      static_cast<std::size_t>(std::remove_if(added.begin(), added.end(), is_own) - added.begin());
  if (others > 0) to.evidence = evidence;
  to.size += others;
}

}  // namespace

void gather(const JobRequest& job, const ProfileStore& profiles, Candidates& out) {
  out.shares = profiles.shares();
  out.size = out.own = profiles.newest_jobs(ProfileGroup::user, job.uid, out.jobs);
  out.evidence = out.own > 0 ? Evidence::user : Evidence::none;
  if (out.own >= kEnoughJobs) return;
  if (job.account != 0) append(out, job, profiles, ProfileGroup::account, job.account, Evidence::account);
  if (out.size < kEnoughJobs) append(out, job, profiles, ProfileGroup::cluster, 0, Evidence::cluster);
}

}  // namespace foreshape
