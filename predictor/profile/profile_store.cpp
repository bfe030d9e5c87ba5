// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/profile/profile_store.h"

#include <algorithm>
#include <utility>

namespace foreshape {
namespace {

// So many of the cluster's jobs may be one user's: what a new user is predicted from is not to be
// one busy neighbour's habit.
constexpr std::ptrdiff_t kClusterJobsOfOneUser = 10;

std::uint64_t id_of(ProfileGroup group, std::uint32_t key) {
  return (static_cast<std::uint64_t>(group) << 32U) | key;
}

bool same_job(const PastJob& a, const PastJob& b) { return a.job_id == b.job_id && a.submit_s == b.submit_s; }

bool has(std::span<const PastJob> jobs, const PastJob& job) {
  return std::ranges::any_of(jobs, [&](const PastJob& other) { return same_job(job, other); });
}

/// Nothing more must be learned from this job: the table has it, or has a full set of later ones.
bool is_settled(std::span<const PastJob> table, const PastJob& job) {
  return has(table, job) || (table.size() >= kProfileJobs && job.end_s < table.back().end_s);
}

/// Takes out what the newcomer replaces: an earlier word on the same job (then true), or the oldest where
/// there is no room.
bool make_room(std::vector<PastJob>& jobs, const PastJob& newcomer, ProfileGroup group) {
  if (const auto same = std::ranges::find_if(jobs, [&](const PastJob& j) { return same_job(j, newcomer); });
      same != jobs.end()) {
    jobs.erase(same);
    return true;
  }
  const auto of_user = [&](const PastJob& j) { return j.uid == newcomer.uid; };
  if (group == ProfileGroup::cluster && std::ranges::count_if(jobs, of_user) >= kClusterJobsOfOneUser)
    jobs.erase(std::ranges::find_if(jobs, of_user));
  else if (jobs.size() >= kProfileJobs)
    jobs.erase(jobs.begin());
  return false;
}

template <class Number>
std::uint32_t clipped(Number value) {
  return static_cast<std::uint32_t>(
      std::clamp(static_cast<std::int64_t>(value), std::int64_t{0}, std::int64_t{UINT32_MAX}));
}

}  // namespace

Submission submission(const JobRequest& job) {
  return {.submit_s = clipped(job.submit_s),
          .account = job.account,
          .partition = job.partition,
          .qos = job.qos,
          .name = job.name,
          .nodes = job.nodes.value_or(0),
          .cpus = job.least_cpus(),
          .limit_s = clipped(job.limit_s.value_or(0)),
          .memory_kib = clipped(job.memory_per_node_bytes.value_or(0) / 1024)};
}

ProfileStore::ProfileStore(const std::shared_ptr<const ProfileTable>& base) { replace_base(base); }

ProfileStore::Shard& ProfileStore::shard_of(ProfileGroup group, std::uint32_t key) const {
  // Fibonacci hashing (Knuth, TAOCP 3, 6.4): neighbouring uids fall into different shards.
  const std::uint32_t spread = (key + static_cast<std::uint32_t>(group)) * 2'654'435'769U;
  return shards_[spread >> 26U];
}

std::size_t ProfileStore::newest_jobs(ProfileGroup group, std::uint32_t key, std::span<PastJob> out) const {
  const Shard& shard = shard_of(group, key);
  const std::scoped_lock lock{shard.mutex};
  const auto table = shard.base ? shard.base->newest(group, key) : std::span<const PastJob>{};
  const auto found = shard.newer.find(id_of(group, key));
  std::size_t n = 0;
  auto old = table.begin();
  if (found != shard.newer.end()) {
    const auto& jobs = found->second.jobs;
    for (auto newer = jobs.rbegin(); newer != jobs.rend() && n < out.size(); ++newer) {
      while (old != table.end() && old->end_s > newer->end_s && n < out.size()) out[n++] = *old++;
      if (n < out.size()) out[n++] = *newer;
    }
  }
  const auto rest = std::min(static_cast<std::size_t>(table.end() - old), out.size() - n);
  std::copy_n(old, rest, out.begin() + static_cast<std::ptrdiff_t>(n));
  return n + rest;
}

UsedShares ProfileStore::shares() const {
  const std::scoped_lock lock{shares_mutex_};
  return shares_;
}

ProfileStore::Newer* ProfileStore::room_for(Shard& shard, std::uint64_t id) {
  if (const auto found = shard.newer.find(id); found != shard.newer.end()) return &found->second;
  if (shard.newer.size() >= kMaxKeysPerShard) {
    ++shard.refused;
    return nullptr;
  }
  return &shard.newer[id];
}

void ProfileStore::add_submission(UserId uid, const Submission& submission) {
  Shard& shard = shard_of(ProfileGroup::user, uid);
  const std::scoped_lock lock{shard.mutex};
  Newer* newer = room_for(shard, id_of(ProfileGroup::user, uid));
  if (newer == nullptr) return;
  if (newer->submissions.size() < kRecentSubmissions) {
    newer->submissions.push_back(submission);
    return;
  }
  newer->submissions[newer->next_submission] = submission;
  newer->next_submission = (newer->next_submission + 1) % kRecentSubmissions;
}

void ProfileStore::forget_submission(UserId uid, std::uint64_t token) {
  Shard& shard = shard_of(ProfileGroup::user, uid);
  const std::scoped_lock lock{shard.mutex};
  const auto found = shard.newer.find(id_of(ProfileGroup::user, uid));
  if (found == shard.newer.end()) return;
  Newer& newer = found->second;
  auto& ring = newer.submissions;
  std::rotate(ring.begin(), ring.begin() + static_cast<std::ptrdiff_t>(newer.next_submission), ring.end());
  newer.next_submission = 0;
  std::erase_if(ring, [token](const Submission& submission) { return submission.token == token; });
}

void ProfileStore::add_earlier_submissions(UserId uid, std::span<const Submission> submissions) {
  Shard& shard = shard_of(ProfileGroup::user, uid);
  std::vector<Submission> all(submissions.begin(), submissions.end());
  const std::scoped_lock lock{shard.mutex};
  Newer* newer = room_for(shard, id_of(ProfileGroup::user, uid));
  if (newer == nullptr) return;
  auto& ring = newer->submissions;
  std::rotate(ring.begin(), ring.begin() + static_cast<std::ptrdiff_t>(newer->next_submission), ring.end());
  all.insert(all.end(), ring.begin(), ring.end());
  if (all.size() > kRecentSubmissions)
    all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(kRecentSubmissions));
  ring.swap(all);
  newer->next_submission = 0;
}

void ProfileStore::add_outcome(const PastJob& job) {
  if (job.run_s == 0 || job.end_s == 0) return;
  const bool is_news = add_outcome_to(ProfileGroup::user, job.uid, job);
  if (job.account != 0) add_outcome_to(ProfileGroup::account, job.account, job);
  add_outcome_to(ProfileGroup::cluster, 0, job);
  if (!is_news) return;
  const std::scoped_lock lock{shares_mutex_};
  shares_.add(job);
}

bool ProfileStore::add_outcome_to(ProfileGroup group, std::uint32_t key, const PastJob& job) {
  Shard& shard = shard_of(group, key);
  const std::scoped_lock lock{shard.mutex};
  if (shard.base && is_settled(shard.base->newest(group, key), job)) return false;
  Newer* newer = room_for(shard, id_of(group, key));
  if (newer == nullptr) return true;
  const bool was_there = make_room(newer->jobs, job, group);
  // Nearly always at the end: outcomes come in the order of their ends.
  const auto later = [](const PastJob& j, std::uint32_t end_s) { return j.end_s <= end_s; };
  newer->jobs.insert(std::lower_bound(newer->jobs.begin(), newer->jobs.end(), job.end_s, later), job);
  return !was_there;
}

void ProfileStore::replace_base(const std::shared_ptr<const ProfileTable>& base) {
  for (Shard& shard : shards_) {
    std::shared_ptr<const ProfileTable> old = base;  // freed after the lock, if it was the last
    const std::scoped_lock lock{shard.mutex};
    shard.base.swap(old);
    if (!base) continue;
    for (auto& [id, newer] : shard.newer) {
      const auto table = base->newest(static_cast<ProfileGroup>(id >> 32U), static_cast<std::uint32_t>(id));
      std::erase_if(newer.jobs, [&](const PastJob& job) { return is_settled(table, job); });
    }
    std::erase_if(shard.newer, [](const auto& entry) {
      return entry.second.jobs.empty() && entry.second.submissions.empty();
    });
  }
  const std::scoped_lock lock{shares_mutex_};
  if (base) shares_ = base->shares();
}

std::size_t ProfileStore::newest_submissions(UserId uid, std::int64_t since_s,
                                             std::span<Submission> out) const {
  const Shard& shard = shard_of(ProfileGroup::user, uid);
  const std::scoped_lock lock{shard.mutex};
  const auto found = shard.newer.find(id_of(ProfileGroup::user, uid));
  if (found == shard.newer.end()) return 0;
  const auto& ring = found->second.submissions;
  std::size_t n = 0;
  for (std::size_t i = ring.size(); i > 0 && n < out.size(); --i) {
    const Submission& one = ring[(found->second.next_submission + i - 1) % ring.size()];
    if (static_cast<std::int64_t>(one.submit_s) < since_s) break;
    out[n++] = one;
  }
  return n;
}

bool ProfileStore::copy_activity(UserId uid, std::vector<Submission>& submissions,
                                 std::vector<PastJob>& jobs) const {
  jobs.resize(kProfileJobs);
  jobs.resize(newest_jobs(ProfileGroup::user, uid, jobs));
  submissions.clear();
  const Shard& shard = shard_of(ProfileGroup::user, uid);
  const std::scoped_lock lock{shard.mutex};
  if (const auto found = shard.newer.find(id_of(ProfileGroup::user, uid)); found != shard.newer.end()) {
    const auto& ring = found->second.submissions;
    for (std::size_t i = ring.size(); i > 0; --i)
      submissions.push_back(ring[(found->second.next_submission + i - 1) % ring.size()]);
  }
  return !jobs.empty() || !submissions.empty();
}

std::vector<UserId> ProfileStore::active_since(UnixSeconds since_s) const {
  std::vector<UserId> active;
  std::shared_ptr<const ProfileTable> base;
  for (const Shard& shard : shards_) {
    const std::scoped_lock lock{shard.mutex};
    base = shard.base;
    for (const auto& [id, newer] : shard.newer) {
      if (static_cast<ProfileGroup>(id >> 32U) != ProfileGroup::user) continue;
      const auto lately = [&](const auto& one) { return static_cast<UnixSeconds>(one.submit_s) >= since_s; };
      if (std::ranges::any_of(newer.submissions, lately) || std::ranges::any_of(newer.jobs, lately))
        active.push_back(static_cast<UserId>(id));
    }
  }
  if (base)
    for (const ProfileRange& user : base->users())
      if (static_cast<UnixSeconds>(user.last_submit_s) >= since_s) active.push_back(user.key);
  std::ranges::sort(active);
  active.erase(std::unique(active.begin(), active.end()), active.end());
  return active;
}

void ProfileStore::for_each_active_user(UnixSeconds since_s,
                                        const std::function<void(const UserActivity&)>& visit) const {
  std::vector<Submission> submissions;
  std::vector<PastJob> jobs;
  for (const UserId uid : active_since(since_s))
    if (copy_activity(uid, submissions, jobs)) visit({uid, submissions, jobs});
}

ProfileCounts ProfileStore::counts() const {
  ProfileCounts counts;
  for (const Shard& shard : shards_) {
    const std::scoped_lock lock{shard.mutex};
    counts.refused += shard.refused;
    if (shard.base) {
      counts.table_users = shard.base->users().size();
      counts.table_jobs = shard.base->job_count();
    }
    for (const auto& [id, newer] : shard.newer) {
      if (static_cast<ProfileGroup>(id >> 32U) != ProfileGroup::user) continue;
      ++counts.newer_users;
      counts.newer_jobs += newer.jobs.size();
    }
  }
  return counts;
}

}  // namespace foreshape
