// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/base/memory_mark.h"

#include <gtest/gtest.h>
#include <string>

namespace foreshape {
namespace {

constexpr MemoryMark kMark{1024, 4096, false};

TEST(MemoryMark, IsReadBackFromTheTagItWasWrittenWith) {
  const MarkedTag tag = marked_tag(0xabc, kMark);
  EXPECT_STREQ(tag.data(), "foreshape=0000000000000abc foreshape_memory:1024M/4096M");
  EXPECT_EQ(tagged_token(tag.data()), 0xabcU);
  const auto mark = memory_mark("site's own " + std::string(tag.data()) + " epilog was here");
  ASSERT_TRUE(mark);
  EXPECT_EQ(mark->planned_mib, 1024);
  EXPECT_EQ(mark->requested_mib, 4096);
  EXPECT_FALSE(mark->is_returned);
}

TEST(MemoryMark, FitsWithTheLargestFigures) {
  const MemoryMark largest{
      .planned_mib = (1LL << 42) - (1LL << 31), .requested_mib = 1LL << 42, .cpus = 1U << 31};
  const auto mark = memory_mark(marked_tag(~0ULL, largest).data());
  ASSERT_TRUE(mark);
  EXPECT_EQ(mark->requested_mib, largest.requested_mib);
}

TEST(MemoryMark, CountsOnlyWhereWeWouldHavePutIt) {
  const std::string token = "foreshape=0000000000000abc";
  const struct {
    const char* why;
    std::string comment;
  } cases[] = {
      {"none", token},
      {"no token before it", "foreshape_memory:1024M/4096M"},
      {"a token that is none", "foreshape=xyz foreshape_memory:1024M/4096M"},
      {"not right behind the token", token + " mine foreshape_memory:1024M/4096M"},
      {"behind a token that is not the last", token + " foreshape_memory:1024M/4096M " + token},
      {"more planned than requested", token + " foreshape_memory:4096M/1024M"},
      {"was nothing", token + " foreshape_memory:1024M/4096M,was:0M"},
      {"had as much as requested before", token + " foreshape_memory:1024M/4096M,was:4096M"},
      {"nothing", token + " foreshape_memory:0M/4096M"},
      {"less than nothing", token + " foreshape_memory:-5M/4096M"},
      {"more than there is", token + " foreshape_memory:1024M/99999999999999999999M"},
      {"cut", token + " foreshape_memory:1024M/40"},
      {"no unit", token + " foreshape_memory:1024/4096"},
      {"no CPUs", token + " foreshape_memory:1024M/4096M,cpus:0"},
      {"CPUs that are no number", token + " foreshape_memory:1024M/4096M,cpus:x"},
      {"more CPUs than there are", token + " foreshape_memory:1024M/4096M,cpus:99999999999"},
      {"no whole MiB for each CPU", token + " foreshape_memory:1024M/4096M,cpus:3"},
      {"nor did it have that before", token + " foreshape_memory:1024M/4096M,cpus:4,was:510M"},
  };
  for (const auto& c : cases) EXPECT_FALSE(memory_mark(c.comment)) << c.why;
}

TEST(MemoryMark, SaysThatTheRequestWasGivenBackAndWhy) {
  const std::string tag = "site " + std::string(marked_tag(0xabc, kMark).data());
  const std::string killed = returned_comment(tag + " epilog", 1024, true);
  EXPECT_EQ(
      killed,
      "site foreshape=0000000000000abc foreshape_memory:1024M/4096M,returned (killed with 1024M, queued "
      "again with the 4096M requested) epilog");
  ASSERT_TRUE(memory_mark(killed));
  EXPECT_TRUE(memory_mark(killed)->is_returned);
  EXPECT_EQ(tagged_token(killed), 0xabcU);
  EXPECT_EQ(returned_comment(killed, 1024, true), killed) << "once is enough";
  EXPECT_NE(returned_comment(tag, 1024, false).find("(has the 4096M requested again)"), std::string::npos);
  EXPECT_EQ(returned_comment("none of ours", 1024, true), "none of ours");
}

TEST(MemoryMark, OfAsMuchAsRequestedIsOneOfAJobThatMayBeGivenLess) {
  const auto mark = memory_mark(marked_tag(0xabc, {4096, 4096}).data());
  ASSERT_TRUE(mark);
  EXPECT_EQ(mark->planned_mib, 4096);
  EXPECT_EQ(mark->former_mib, 0);
}

TEST(MemoryMark, OfARequestPerCpuSaysForHowMany) {
  const std::string tag = marked_tag(0xabc, {.planned_mib = 1024, .requested_mib = 4096, .cpus = 4}).data();
  EXPECT_EQ(tag, "foreshape=0000000000000abc foreshape_memory:1024M/4096M,cpus:4");
  const std::string larger = resized_comment(tag, 1024, 2048);
  EXPECT_EQ(larger, "foreshape=0000000000000abc foreshape_memory:2048M/4096M,cpus:4,was:1024M");
  const auto mark = memory_mark(larger);
  ASSERT_TRUE(mark);
  EXPECT_EQ(mark->cpus, 4U);
  EXPECT_EQ(mark->former_mib, 1024);
  const std::string returned = returned_comment(larger, 2048, true);
  EXPECT_TRUE(memory_mark(returned)->is_returned);
  EXPECT_EQ(memory_mark(returned)->cpus, 4U);
}

TEST(MemoryMark, RemembersWhatTheJobHadBeforeItWasResized) {
  const std::string tag = "site " + std::string(marked_tag(0xabc, {4096, 4096}).data()) + " epilog";
  const std::string smaller = resized_comment(tag, 4096, 1024);
  EXPECT_EQ(smaller, "site foreshape=0000000000000abc foreshape_memory:1024M/4096M epilog")
      << "who has as much as requested lacks nothing";
  const std::string larger = resized_comment(smaller, 1024, 2048);
  EXPECT_EQ(larger, "site foreshape=0000000000000abc foreshape_memory:2048M/4096M,was:1024M epilog");
  ASSERT_TRUE(memory_mark(larger));
  EXPECT_EQ(memory_mark(larger)->former_mib, 1024);
  EXPECT_EQ(memory_mark(resized_comment(larger, 2048, 4096))->former_mib, 2048);
  const std::string returned = returned_comment(larger, 1024, true);
  EXPECT_NE(returned.find("4096M,was:1024M,returned (killed with 1024M"), std::string::npos) << returned;
  EXPECT_TRUE(memory_mark(returned)->is_returned);
  EXPECT_EQ(resized_comment(returned, 2048, 512), returned) << "it is no business of ours any more";
  EXPECT_EQ(resized_comment("none of ours", 2048, 512), "none of ours");
}

}  // namespace
}  // namespace foreshape
