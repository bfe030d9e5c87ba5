// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/profile/profile_store.h"

#include <atomic>
#include <gtest/gtest.h>
#include <thread>

#include "tests/predictor/profile/builders.h"

namespace foreshape {
namespace {

using test::finished;
using test::ids;
using test::table_of;
using Ids = std::vector<std::uint32_t>;

TEST(ProfileStore, KnowsNothingAtFirst) {
  const ProfileStore store;
  EXPECT_EQ(ids(store, ProfileGroup::user, 1), Ids{});
  EXPECT_EQ(ids(store, ProfileGroup::cluster, 0), Ids{});
  EXPECT_EQ(store.shares().run_time.total(), 0);
}

TEST(ProfileStore, GivesTheNewestEndFirstOverTableAndWhatCameAfter) {
  ProfileStore store{table_of({finished(1, 7, 100), finished(2, 7, 300), finished(3, 8, 200)})};
  store.add_outcome(finished(5, 7, 500));
  store.add_outcome(finished(4, 7, 250));  // heard of late
  EXPECT_EQ(ids(store, ProfileGroup::user, 7), (Ids{5, 2, 4, 1}));
  EXPECT_EQ(ids(store, ProfileGroup::user, 7, 2), (Ids{5, 2}));
  EXPECT_EQ(ids(store, ProfileGroup::user, 8), (Ids{3}));
  EXPECT_EQ(ids(store, ProfileGroup::cluster, 0), (Ids{5, 2, 4, 3, 1}));
}

TEST(ProfileStore, KeepsAccountsApart) {
  ProfileStore store;
  PastJob job = finished(1, 7, 100);
  job.account = 42;
  store.add_outcome(job);
  EXPECT_EQ(ids(store, ProfileGroup::account, 42), (Ids{1}));
  EXPECT_EQ(ids(store, ProfileGroup::user, 42), Ids{});
}

TEST(ProfileStore, CountsAJobOnceAndBelievesTheLaterWord) {
  ProfileStore store{table_of({finished(1, 7, 100)})};
  store.add_outcome(finished(1, 7, 100));
  PastJob job = finished(2, 7, 200);
  store.add_outcome(job);
  job.used_memory_kib = 5;
  store.add_outcome(job);
  EXPECT_EQ(ids(store, ProfileGroup::user, 7), (Ids{2, 1}));
  std::array<PastJob, 1> newest;
  ASSERT_EQ(store.newest_jobs(ProfileGroup::user, 7, newest), 1U);
  EXPECT_EQ(newest[0].used_memory_kib, 5U);
}

TEST(ProfileStore, CountsTheSharesOfAJobOnce) {
  ProfileStore store{table_of({finished(1, 7, 100)})};
  const float before = store.shares().run_time.total();
  store.add_outcome(finished(1, 7, 100));  // the table has it
  EXPECT_EQ(store.shares().run_time.total(), before);
  store.add_outcome(finished(2, 7, 200));
  const float after = store.shares().run_time.total();
  EXPECT_GT(after, before);
  store.add_outcome(finished(2, 7, 200));
  EXPECT_EQ(store.shares().run_time.total(), after);
}

TEST(ProfileStore, PutsEarlierSubmissionsBeforeThoseThatAreThere) {
  ProfileStore store;
  for (std::uint32_t s = 1000; s < 1000 + kRecentSubmissions + 10; ++s)
    store.add_submission(7, {.submit_s = s});
  store.add_submission(8, {.submit_s = 500});
  const std::vector<Submission> earlier = {{.submit_s = 100}, {.submit_s = 200}};
  store.add_earlier_submissions(7, earlier);
  store.add_earlier_submissions(8, earlier);
  std::array<Submission, kRecentSubmissions> found;
  ASSERT_EQ(store.newest_submissions(7, 0, found), kRecentSubmissions);
  EXPECT_EQ(found.front().submit_s, 1000 + kRecentSubmissions + 9);
  EXPECT_EQ(found.back().submit_s, 1010U) << "a full ring has no room for earlier ones";
  ASSERT_EQ(store.newest_submissions(8, 0, found), 3U);
  EXPECT_EQ((Ids{found[0].submit_s, found[1].submit_s, found[2].submit_s}), (Ids{500, 200, 100}));
  store.add_submission(8, {.submit_s = 600});
  ASSERT_EQ(store.newest_submissions(8, 0, found), 4U);
  EXPECT_EQ(found[0].submit_s, 600U);
}

TEST(ProfileStore, LeavesOutJobsThatNeverRan) {
  ProfileStore store;
  store.add_outcome(finished(1, 7, 100, 0));
  EXPECT_EQ(ids(store, ProfileGroup::user, 7), Ids{});
}

TEST(ProfileStore, ForgetsWhatANewTableHas) {
  ProfileStore store;
  for (std::uint32_t id = 1; id <= 3; ++id) store.add_outcome(finished(id, 7, 100 * id));
  EXPECT_EQ(store.counts().newer_jobs, 3U);
  store.replace_base(table_of({finished(1, 7, 100), finished(2, 7, 200)}));
  EXPECT_EQ(store.counts().newer_jobs, 1U);
  EXPECT_EQ(store.counts().table_jobs, 4U);  // two of the user, the same two of the cluster
  EXPECT_EQ(ids(store, ProfileGroup::user, 7), (Ids{3, 2, 1}));
}

TEST(ProfileStore, KeepsTheNewest150OfAUser) {
  ProfileStore store;
  for (std::uint32_t id = 1; id <= 400; ++id) store.add_outcome(finished(id, 7, 1000 + id));
  const Ids kept = ids(store, ProfileGroup::user, 7, 400);
  ASSERT_EQ(kept.size(), kProfileJobs);
  EXPECT_EQ(kept.front(), 400U);
  EXPECT_EQ(kept.back(), 251U);
}

TEST(ProfileStore, TakesAtMostTenOfTheClustersJobsFromOneUser) {
  ProfileStore store;
  store.add_outcome(finished(1, 8, 1000));
  for (std::uint32_t id = 2; id <= 400; ++id) store.add_outcome(finished(id, 7, 1000 + id));
  EXPECT_EQ(ids(store, ProfileGroup::cluster, 0), (Ids{400, 399, 398, 397, 396, 395, 394, 393, 392, 391, 1}));
}

TEST(ProfileStore, TurnsAwayNewUsersWhenThereIsNoRoom) {
  ProfileStore store;
  for (UserId uid = 0; uid < 400'000; ++uid) store.add_submission(uid, Submission{.submit_s = 1});
  EXPECT_GT(store.counts().refused, 0U);
  EXPECT_LE(store.counts().newer_users, 64U * 4096U);
}

TEST(ProfileStore, TellsWhoWasActiveWithTheNewestSubmissionsFirst) {
  ProfileStore store{table_of({finished(1, 7, 100), finished(2, 8, 5000), finished(3, 9, 100)})};
  for (std::uint32_t s = 1; s <= 100; ++s) store.add_submission(7, Submission{.submit_s = 4900 + s});
  struct Seen {
    UserId uid;
    std::size_t submissions, jobs;
    std::uint32_t newest;
  };
  std::vector<Seen> seen;
  store.for_each_active_user(4900, [&](const UserActivity& user) {
    seen.push_back({user.uid, user.submissions.size(), user.jobs.size(),
                    user.submissions.empty() ? 0 : user.submissions.front().submit_s});
    for (std::size_t i = 1; i < user.submissions.size(); ++i)
      EXPECT_EQ(user.submissions[i].submit_s + 1, user.submissions[i - 1].submit_s);
  });
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0].uid, 7U);
  EXPECT_EQ(seen[0].submissions, kRecentSubmissions);
  EXPECT_EQ(seen[0].newest, 5000U);
  EXPECT_EQ(seen[0].jobs, 1U);
  EXPECT_EQ(seen[1].uid, 8U);
  EXPECT_EQ(seen[1].submissions, 0U);
}

TEST(ProfileStore, TakesFromARequestWhatTheNextJobIsForeseenBy) {
  JobRequest job;
  job.submit_s = 1000;
  job.partition = 5;
  job.tasks = 4;
  job.limit_s = std::int64_t{1} << 40;  // no end: more than fits
  job.memory_per_node_bytes = 1 << 20;
  const Submission kept = submission(job);
  EXPECT_EQ(kept.submit_s, 1000U);
  EXPECT_EQ(kept.partition, 5U);
  EXPECT_EQ(kept.cpus, 4U);
  EXPECT_EQ(kept.limit_s, UINT32_MAX);
  EXPECT_EQ(kept.memory_kib, 1024U);
}

// Under ThreadSanitizer this shows that readers, writers and a swap of the table get along.
TEST(ProfileStore, IsReadWhileItIsWrittenAndSwapped) {
  ProfileStore store;
  std::atomic<bool> stop{false};
  std::thread reader{[&] {
    std::array<PastJob, kProfileJobs> jobs;
    while (!stop) {
      const std::size_t n = store.newest_jobs(ProfileGroup::user, 7, jobs);
      for (std::size_t i = 1; i < n; ++i) ASSERT_GE(jobs[i - 1].end_s, jobs[i].end_s);
      store.add_submission(7, Submission{.submit_s = 1});
      store.for_each_active_user(0, [](const UserActivity&) {});
      (void)store.shares();
      (void)store.counts();
    }
  }};
  for (std::uint32_t round = 0; round < 20; ++round) {
    std::vector<PastJob> jobs;
    for (std::uint32_t id = 0; id < 50; ++id)
      jobs.push_back(finished(1000 * round + id, 7, 1000 * round + id + 60));
    for (const PastJob& job : jobs) store.add_outcome(job);
    store.replace_base(table_of(jobs));
  }
  stop = true;
  reader.join();
  EXPECT_EQ(ids(store, ProfileGroup::user, 7, 1), (Ids{19'049}));
}

TEST(ProfileStore, ForgetsASubmissionOfWhichNoJobHasCome) {
  ProfileStore store;
  for (std::uint32_t s = 1; s <= kRecentSubmissions + 3; ++s)
    store.add_submission(7, Submission{.submit_s = s, .token = s});
  store.forget_submission(7, 60);
  store.forget_submission(7, 1);  // no longer there
  store.forget_submission(8, 60);
  std::array<Submission, kRecentSubmissions> out;
  ASSERT_EQ(store.newest_submissions(7, 0, out), kRecentSubmissions - 1);
  std::uint32_t want = kRecentSubmissions + 3;
  for (const Submission& one : std::span{out}.first(kRecentSubmissions - 1)) {
    if (want == 60) --want;
    EXPECT_EQ(one.submit_s, want--) << "newest first, as before";
  }
}

}  // namespace
}  // namespace foreshape
