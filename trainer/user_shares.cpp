// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/user_shares.h"

#include <algorithm>
#include <vector>

#include "trainer/sample_plan.h"

namespace foreshape {
namespace {

double weighed(const UserJobs& user, double most_share, double sum) {
  return std::min(static_cast<double>(user.jobs), most_share * sum);
}

/// All of the history's jobs, those from `first` on as the ones that decide.
Result<JobsByUser> users_at(DatasetReader& reader, std::uint64_t first) {
  JobsByUser users;
  for (const DatasetUser& user : reader.users()) users[user.uid].before = user.jobs;
  std::vector<TracedJob> block;
  for (std::uint64_t job = first; job < reader.jobs(); job += block.size()) {
    block.resize(std::min<std::uint64_t>(kDatasetChunk, reader.jobs() - job));
    if (auto read = reader.read(job, block); !read) return tl::make_unexpected(read.error());
    for (const TracedJob& one : block) {
      UserJobs& user = users[one.request.uid];
      ++user.jobs;
      if (user.before > 0) --user.before;
    }
  }
  return users;
}

}  // namespace

UserWeights weigh_users(const JobsByUser& users) {
  double history = 0, all = 0;
  for (const auto& [uid, user] : users) {
    history += static_cast<double>(user.before);
    all += static_cast<double>(user.jobs);
  }
  const auto most_share = [&](const UserJobs& user) {
    return std::max(kMaxUserShare,
                    history > 0 ? kSharesOfHistory * static_cast<double>(user.before) / history : 0);
  };
  // From above down to the largest sum that its own shares give; to 0 where there is none.
  UserWeights out;
  out.sum = all;
  constexpr int kMaxRounds = 10'000;
  for (int round = 0; round < kMaxRounds; ++round) {
    double next = 0;
    for (const auto& [uid, user] : users) next += weighed(user, most_share(user), out.sum);
    const bool settled = out.sum - next < 1e-9 * all;
    out.sum = next;
    if (settled) break;
  }
  if (out.sum < 1e-3) out.sum = 0;
  for (const auto& [uid, user] : users)
    if (user.jobs > 0)
      out.of_job[uid] = weighed(user, most_share(user), out.sum) / static_cast<double>(user.jobs);
  return out;
}

std::set<UserId> heavy_users(const std::map<UserId, std::uint64_t>& before) {
  constexpr double kHeavy = 0.05;
  double history = 0;
  for (const auto& [uid, jobs] : before) history += static_cast<double>(jobs);
  std::set<UserId> heavy;
  for (const auto& [uid, jobs] : before)
    if (static_cast<double>(jobs) >= kHeavy * history) heavy.insert(uid);
  return heavy;
}

Result<double> deciding_window(DatasetReader& reader, double wanted) {
  constexpr double kMaxWindow = 0.25, kLonger = 1.5, kMinShare = 0.5;
  const auto first_of = [&](double share) { return split_history(reader.jobs(), 0, share).validation_end; };
  const double jobs_wanted = static_cast<double>(reader.jobs() - first_of(wanted));
  double share = wanted;
  while (true) {
    const auto users = users_at(reader, first_of(share));
    if (!users) return tl::make_unexpected(users.error());
    if (weigh_users(*users).sum >= kMinShare * jobs_wanted || share >= kMaxWindow) return share;
    share = std::min(share * kLonger, kMaxWindow);
  }
}

}  // namespace foreshape
