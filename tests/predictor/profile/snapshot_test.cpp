// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/profile/snapshot.h"

#include <cstring>
#include <gtest/gtest.h>

#include "predictor/base/hash.h"
#include "tests/predictor/profile/builders.h"

namespace foreshape {
namespace {

using test::finished;

std::string some_snapshot() {
  SnapshotBuilder builder;
  for (std::uint32_t uid = 1; uid <= 5; ++uid)
    for (std::uint32_t i = 0; i < 10 * uid; ++i) {
      PastJob job = finished(100 * uid + i, uid, 1000 + 10 * i, 360);
      job.account = uid % 2 + 1;
      job.used_memory_kib = 77;
      builder.add(job);
    }
  return builder.bytes(1234).value();
}

/// The payload's checksum made right again, so that what is inside is looked at.
void mend(std::string& bytes) {
  const std::uint64_t sum = checksum(bytes.data() + 32, bytes.size() - 32);
  std::memcpy(bytes.data() + 24, &sum, sizeof sum);
}

TEST(Snapshot, ComesBackAsItWasWritten) {
  const auto table = load_snapshot(some_snapshot()).value();
  EXPECT_EQ(table->made_s(), 1234);
  ASSERT_EQ(table->users().size(), 5U);
  EXPECT_EQ(table->accounts().size(), 2U);
  const auto jobs = table->newest(ProfileGroup::user, 5);
  ASSERT_EQ(jobs.size(), 50U);
  EXPECT_EQ(jobs.front().job_id, 549U);
  EXPECT_EQ(jobs.back().job_id, 500U);
  EXPECT_EQ(jobs.front().used_memory_kib, 77U);
  EXPECT_EQ(table->newest(ProfileGroup::account, 1).size(), 60U);
  EXPECT_EQ(table->newest(ProfileGroup::cluster, 0).size(), 50U);  // ten of each user
  EXPECT_TRUE(table->newest(ProfileGroup::user, 6).empty());
  EXPECT_EQ(table->users()[4].last_submit_s, 1000U + 490 - 360);
  EXPECT_EQ(table->shares().run_time.total(), 150);
  EXPECT_EQ(table->shares().run_time.count[6], 150);  // 360 s of 3600 s = 2^-3.3
}

TEST(Snapshot, MayBeEmpty) {
  const auto table = load_snapshot(SnapshotBuilder{}.bytes(0).value());
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ((*table)->job_count(), 0U);
  EXPECT_TRUE((*table)->newest(ProfileGroup::cluster, 0).empty());
}

TEST(Snapshot, KeepsTheNewest150AndTheLaterWordOnAJob) {
  SnapshotBuilder builder;
  for (std::uint32_t id = 1; id <= 1000; ++id) builder.add(finished(id, 7, 1000 + id));
  PastJob again = finished(1000, 7, 2000);
  again.used_memory_kib = 5;
  builder.add(again);
  const auto table = load_snapshot(builder.bytes(0).value()).value();
  const auto jobs = table->newest(ProfileGroup::user, 7);
  ASSERT_EQ(jobs.size(), kProfileJobs);
  EXPECT_EQ(jobs.front().used_memory_kib, 5U);
  EXPECT_EQ(jobs.back().job_id, 851U);
}

TEST(Snapshot, CutShortAnywhereIsRefused) {
  const std::string whole = some_snapshot();
  for (std::size_t size = 0; size < whole.size(); size += 1 + size / 20) {
    const auto table = load_snapshot(whole.substr(0, size));
    ASSERT_FALSE(table) << size;
    EXPECT_EQ(table.error().code, ErrorCode::corrupt);
  }
}

TEST(Snapshot, AFlippedBitIsRefused) {
  const std::string whole = some_snapshot();
  for (std::size_t at = 0; at < whole.size(); at += 1 + at / 50) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 4);
    EXPECT_FALSE(load_snapshot(std::move(bytes))) << at;
  }
}

// Whoever can forge the checksum can still not make us read outside the file, or crash.
TEST(Snapshot, DamageUnderARightChecksumNeverReachesOutside) {
  const std::string whole = some_snapshot();
  for (std::size_t at = 32; at < whole.size(); at += 1 + at / 300)
    for (const int flip : {1, 0x80, 0xFF}) {
      std::string bytes = whole;
      bytes[at] = static_cast<char>(bytes[at] ^ flip);
      mend(bytes);
      const auto table = load_snapshot(std::move(bytes));
      if (!table) continue;
      for (const ProfileRange& user : (*table)->users())
        for (const PastJob& job : (*table)->newest(ProfileGroup::user, user.key))
          EXPECT_EQ(job.uid, user.key);
    }
}

TEST(Snapshot, NamesTheVersionThatItDoesNotKnow) {
  std::string bytes = some_snapshot();
  bytes[8] = 9;
  EXPECT_NE(load_snapshot(std::move(bytes)).error().message.find("version 9"), std::string::npos);
}

}  // namespace
}  // namespace foreshape
