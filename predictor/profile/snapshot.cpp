// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/profile/snapshot.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <fmt/format.h>
#include <functional>
#include <span>
#include <utility>

#include "predictor/base/sealed.h"
#include "snapshot_generated.h"

namespace foreshape {
namespace {

// The payload's structs are read in place.
static_assert(std::endian::native == std::endian::little);
static_assert(sizeof(fb::Job) == sizeof(PastJob));
static_assert(alignof(fb::Job) == alignof(PastJob));
static_assert(sizeof(fb::Range) == sizeof(ProfileRange));
static_assert(alignof(fb::Range) == alignof(ProfileRange));

constexpr SealedKind kSnapshotFile{"FSHPROF\n", 1, "foreshape snapshot"};

// A user may not be more than this share of what the cluster's newest jobs say (see ProfileStore).
constexpr std::size_t kClusterJobsOfOneUser = 10;
// So many of the newest jobs make the histograms of shares.
constexpr std::size_t kShareJobs = 20'000;

bool newer_first(const PastJob& a, const PastJob& b) {
  return a.end_s != b.end_s ? a.end_s > b.end_s : a.job_id > b.job_id;
}

/// Sorted newest first, each job once, at most kProfileJobs.
void settle(std::vector<PastJob>& jobs) {
  const auto order = [](const PastJob& j) { return std::pair{j.job_id, j.submit_s}; };
  const auto same = [&](const PastJob& a, const PastJob& b) { return order(a) == order(b); };
  std::ranges::reverse(jobs);  // the later word first, so that unique keeps it
  std::ranges::stable_sort(jobs, {}, order);
  jobs.erase(std::unique(jobs.begin(), jobs.end(), same), jobs.end());
  std::ranges::sort(jobs, newer_first);
  if (jobs.size() > kProfileJobs) jobs.resize(kProfileJobs);
}

ProfileRange range_of(std::uint32_t key, std::size_t first, std::span<const PastJob> jobs) {
  ProfileRange range{key, static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(jobs.size()), 0};
  for (const PastJob& job : jobs) range.last_submit_s = std::max(range.last_submit_s, job.submit_s);
  return range;
}

/// The newest jobs of all users, newest first.
std::vector<PastJob> newest_of_all(std::span<const PastJob> jobs, std::size_t count) {
  std::vector<PastJob> newest(std::min(count, jobs.size()));
  std::ranges::partial_sort_copy(jobs, newest, newer_first);
  return newest;
}

std::vector<PastJob> cluster_sample(std::span<const PastJob> newest) {
  std::vector<PastJob> sample;
  std::unordered_map<std::uint32_t, std::size_t> of_user;
  for (const PastJob& job : newest) {
    if (sample.size() == kProfileJobs) break;
    if (++of_user[job.uid] <= kClusterJobsOfOneUser) sample.push_back(job);
  }
  return sample;
}

std::vector<ProfileRange> append(const std::unordered_map<std::uint32_t, std::vector<PastJob>>& groups,
                                 std::vector<PastJob>& all) {
  std::vector<std::uint32_t> keys;
  keys.reserve(groups.size());
  for (const auto& group : groups) keys.push_back(group.first);
  std::ranges::sort(keys);
  std::vector<ProfileRange> ranges;
  ranges.reserve(keys.size());
  for (const std::uint32_t key : keys) {
    const auto& jobs = groups.at(key);
    ranges.push_back(range_of(key, all.size(), jobs));
    all.insert(all.end(), jobs.begin(), jobs.end());
  }
  return ranges;
}

template <class Struct, class Value>
flatbuffers::Offset<flatbuffers::Vector<const Struct*>> structs(flatbuffers::FlatBufferBuilder& builder,
                                                                const std::vector<Value>& values) {
  return builder.CreateVectorOfStructs(reinterpret_cast<const Struct*>(values.data()), values.size());
}

template <class Value, class Struct>
std::span<const Value> values(const flatbuffers::Vector<const Struct*>& structs) {
  return {reinterpret_cast<const Value*>(structs.Data()), structs.size()};
}

flatbuffers::Offset<flatbuffers::Vector<float>> counts(flatbuffers::FlatBufferBuilder& builder,
                                                       const ShareHistogram& shares) {
  return builder.CreateVector(shares.count.data(), shares.count.size());
}

}  // namespace

void SnapshotBuilder::keep(Jobs& jobs, const PastJob& job) {
  jobs.push_back(job);
  if (jobs.size() >= 2 * kProfileJobs) settle(jobs);
}

void SnapshotBuilder::add(const PastJob& job) {
  if (job.run_s == 0 || job.end_s == 0) return;
  keep(users_[job.uid], job);
  if (job.account != 0) keep(accounts_[job.account], job);
}

Result<std::string> SnapshotBuilder::bytes(UnixSeconds made_s) {
  for (auto* groups : {&users_, &accounts_})
    for (auto& group : *groups) settle(group.second);

  std::vector<PastJob> all;
  const auto users = append(users_, all);
  const auto newest = newest_of_all(all, kShareJobs);
  const auto accounts = append(accounts_, all);
  const auto cluster_jobs = cluster_sample(newest);
  const ProfileRange cluster = range_of(0, all.size(), cluster_jobs);
  all.insert(all.end(), cluster_jobs.begin(), cluster_jobs.end());
  UsedShares shares;
  for (auto job = newest.rbegin(); job != newest.rend(); ++job) shares.add(*job);

  const std::size_t size =
      all.size() * sizeof(PastJob) + (users.size() + accounts.size()) * sizeof(ProfileRange);
  if (size + 4096 > kMaxSnapshotBytes)
    return failure(ErrorCode::invalid_input,
                   fmt::format("{} past jobs are more than a snapshot can hold", all.size()));

  flatbuffers::FlatBufferBuilder builder(size + 4096);
  const auto jobs_at = structs<fb::Job>(builder, all);
  const auto users_at = structs<fb::Range>(builder, users);
  const auto accounts_at = structs<fb::Range>(builder, accounts);
  const auto run_at = counts(builder, shares.run_time);
  const auto memory_at = counts(builder, shares.memory);
  const fb::Range cluster_at{cluster.key, cluster.first, cluster.jobs, cluster.last_submit_s};
  builder.Finish(
      fb::CreateSnapshot(builder, made_s, jobs_at, users_at, accounts_at, &cluster_at, run_at, memory_at),
      fb::SnapshotIdentifier());
  return seal(kSnapshotFile, {builder.GetBufferPointer(), builder.GetSize()});
}

/// Reads a snapshot into a table, one check after the other.
class SnapshotReader {
 public:
  static Result<std::shared_ptr<const ProfileTable>> read(std::string bytes) {
    const auto payload = unseal(kSnapshotFile, bytes);
    if (!payload) return corrupt(payload.error().message);
    flatbuffers::Verifier verifier(payload->data(), payload->size());
    if (!fb::VerifySnapshotBuffer(verifier)) return corrupt("its structure is damaged");
    const fb::Snapshot& snapshot = *fb::GetSnapshot(payload->data());

    auto table = std::make_shared<ProfileTable>();
    table->bytes_ = std::move(bytes);  // a moved string keeps its buffer: the payload stays where it is
    table->made_s_ = snapshot.made_s();
    table->jobs_ = values<PastJob>(*snapshot.jobs());
    table->users_ = values<ProfileRange>(*snapshot.users());
    table->accounts_ = values<ProfileRange>(*snapshot.accounts());
    table->cluster_ = *reinterpret_cast<const ProfileRange*>(snapshot.cluster());
    if (!read_shares(*snapshot.run_time_shares(), table->shares_.run_time) ||
        !read_shares(*snapshot.memory_shares(), table->shares_.memory))
      return corrupt("its histogram of shares has the wrong size or a value that is not finite");
    if (auto fine = check(*table); !fine) return tl::make_unexpected(fine.error());
    return std::shared_ptr<const ProfileTable>(std::move(table));
  }

 private:
  static tl::unexpected<Error> corrupt(std::string what) {
    return failure(ErrorCode::corrupt, "not a usable profile snapshot: " + std::move(what));
  }

  static bool read_shares(const flatbuffers::Vector<float>& from, ShareHistogram& to) {
    if (from.size() != to.count.size()) return false;
    std::copy(from.begin(), from.end(), to.count.begin());
    return std::ranges::all_of(to.count, [](float c) { return std::isfinite(c) && c >= 0 && c <= 1e6F; });
  }

  static Result<void> check(const ProfileTable& table) {
    for (const auto ranges : {table.users_, table.accounts_}) {
      if (std::ranges::adjacent_find(ranges, std::greater_equal{}, &ProfileRange::key) != ranges.end())
        return corrupt("its users or accounts are out of order");
      for (const ProfileRange& range : ranges)
        if (auto fine = check(table, range); !fine) return fine;
    }
    for (const ProfileRange& user : table.users_)
      for (const PastJob& job : table.jobs_.subspan(user.first, user.jobs))
        if (job.uid != user.key)
          return corrupt(fmt::format("a job of uid {} is stored under uid {}", job.uid, user.key));
    return check(table, table.cluster_);
  }

  static Result<void> check(const ProfileTable& table, const ProfileRange& range) {
    if (range.jobs > kProfileJobs || range.first > table.jobs_.size() ||
        range.jobs > table.jobs_.size() - range.first)
      return corrupt(fmt::format("the jobs of {} lie outside the file", range.key));
    const auto jobs = table.jobs_.subspan(range.first, range.jobs);
    if (!std::ranges::is_sorted(jobs, std::greater{}, &PastJob::end_s))
      return corrupt(fmt::format("the jobs of {} are out of order", range.key));
    for (const PastJob& job : jobs)
      if (job.state > JobState::requeued ||
          (job.cpu_efficiency > 10'000 && job.cpu_efficiency != UINT16_MAX) || job.run_s == 0)
        return corrupt(fmt::format("job {} has a value out of bounds", job.job_id));
    return {};
  }
};

Result<std::shared_ptr<const ProfileTable>> load_snapshot(std::string bytes) {
  return SnapshotReader::read(std::move(bytes));
}

}  // namespace foreshape
