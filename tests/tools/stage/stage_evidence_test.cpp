// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/stage_evidence.h"

#include <gtest/gtest.h>

namespace foreshape {
namespace {

constexpr UnixSeconds kToday = 1'790'000'000;
constexpr std::int64_t kMiB = std::int64_t{1} << 20;

StageEvent copied(UserId uid, std::int64_t bytes, std::int64_t milliseconds) {
  StageEvent event;
  event.step = StagePhase::staged;
  event.at_s = kToday - 60;
  event.uid = uid;
  event.bytes = bytes;
  event.copy_ms = milliseconds;
  event.file_system.assign("/project");
  return event;
}

StageEvent planned(UserId uid, std::int64_t bytes, UnixSeconds at_s) {
  StageEvent event;
  event.at_s = at_s;
  event.uid = uid;
  event.bytes = bytes;
  return event;
}

}  // namespace

TEST(CopyRate, IsKnownFromThreeCopiesAndOfEachFileSystemItself) {
  std::vector<StageEvent> events = {copied(1, 100 * kMiB, 1'000), copied(1, 300 * kMiB, 3'000)};
  EXPECT_TRUE(stage_evidence(events, kToday).copy_bytes_s.empty());
  events.push_back(copied(1, 100 * kMiB, 1'000));
  const StageEvidence evidence = stage_evidence(events, kToday);
  EXPECT_EQ(evidence.copy_bytes_s.at("/project"), 100 * kMiB);
  EXPECT_EQ(copy_seconds(evidence, "/project", 1'000 * kMiB + 1, kMiB), 11);
  EXPECT_EQ(copy_seconds(evidence, "/home", 1'000 * kMiB, 200 * kMiB), 5) << "nothing is known of it";
}

TEST(CopyRate, IsNotMovedByOneUserWhoLies) {
  std::vector<StageEvent> events;
  for (const UserId honest : {1U, 2U, 3U})
    for (int i = 0; i < 3; ++i) events.push_back(copied(honest, 100 * kMiB, 1'000 + 100 * honest));
  const auto before = stage_evidence(events, kToday).copy_bytes_s.at("/project");
  for (int i = 0; i < 1'000; ++i) events.push_back(copied(4, std::int64_t{1} << 50, 1));
  EXPECT_EQ(stage_evidence(events, kToday).copy_bytes_s.at("/project"), before);
}

TEST(CopyRate, SaysNothingOfSmallCopiesAndOfThoseWithoutATime) {
  const std::vector<StageEvent> events(9, copied(1, kMinCopyBytes - 1, 1'000));
  EXPECT_TRUE(stage_evidence(events, kToday).copy_bytes_s.empty());
  EXPECT_TRUE(
      stage_evidence(std::vector<StageEvent>(9, copied(1, 100 * kMiB, 0)), kToday).copy_bytes_s.empty());
}

TEST(PlannedBytes, AreThoseOfADay) {
  const StageEvidence evidence =
      stage_evidence({planned(1, 1, kToday - 86'400), planned(1, 10, kToday - 86'399),
                      planned(2, 100, kToday), copied(1, kMiB, 1)},
                     kToday);
  EXPECT_EQ(evidence.day_bytes, 110);
  EXPECT_EQ(evidence.user_day_bytes.at(1), 10);
  EXPECT_EQ(evidence.user_day_bytes.at(2), 100);
}

}  // namespace foreshape
