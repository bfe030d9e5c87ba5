// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/hold/hold_state.h"

#include <gtest/gtest.h>

#include "tests/predictor/plan/hold_builders.h"

namespace foreshape {
namespace {

TEST(HoldState, ComesBackAsItWas) {
  HoldState state;
  HoldRecord record;
  record.hold = live_personal("caf\xc3\xa9", {"n01", "n02"});
  record.hold.is_fulfilled = true;
  record.created_s = kNow - 100;
  record.looked_s = kNow - 10;
  record.idle_node_s = 55;
  record.hits = {7, 9};
  state.holds = {record};
  state.ledger.add(kNow - 100, "main", "carol", 55);
  state.misses.note_miss("dave", kNow, 600);
  state.next_number = 12;
  state.admitted[41] = {.hold = "foreshape_3",
                        .size = {.limit_s = 600, .nodes = 2, .cpus = 8},
                        .nodes = {},
                        .elsewhere = 1,
                        .since_s = kNow - 30,
                        .may_run_s = 180,
                        .has_started = true,
                        .counted_from_s = kNow - 20};
  state.admitted[42].not_before_s = kNow + 300;

  const auto back = parse_hold_state(format_hold_state(state), kNow);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(format_hold_state(*back), format_hold_state(state));
  EXPECT_EQ(back->holds[0].hold.user, "caf\xc3\xa9");
  EXPECT_TRUE(back->holds[0].hold.is_fulfilled);
  EXPECT_EQ(back->holds[0].hits, (std::set<JobId>{7, 9}));
  EXPECT_EQ(back->ledger.spent_for(kNow, "carol"), 55);
  EXPECT_TRUE(back->misses.is_barred("dave", kNow));
  EXPECT_EQ(back->admitted.size(), 2U);
  EXPECT_EQ(back->admitted.at(41).size, state.admitted[41].size);
  EXPECT_EQ(back->admitted.at(41).elsewhere, 1U);
  EXPECT_FALSE(back->admitted.at(42).size.limit_s);
}

TEST(HoldState, ReadsWhatAnEarlierVersionCalledGuests) {
  HoldState state;
  state.admitted[41].hold = "foreshape_3";
  std::string text = format_hold_state(state);
  text.replace(text.find("admitted"), std::string_view("admitted").size(), "guests");
  const auto back = parse_hold_state(text, kNow);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->admitted.at(41).hold, "foreshape_3");
}

TEST(HoldState, KeepsNodesOnceHoweverManyJobsTheyHave) {
  std::vector<std::string> nodes;
  for (int i = 0; i < 2000; ++i) nodes.push_back("node" + std::to_string(i));
  HoldState state;
  state.holds.emplace_back().hold = live_pool(nodes);
  for (JobId job = 1; job <= 1000; ++job)
    state.admitted[job] = {.hold = "foreshape_1", .size = {}, .nodes = nodes, .since_s = kNow};
  EXPECT_LT(format_hold_state(state).size(), 1U << 20);
}

TEST(HoldState, BoundsTheTimesOfAdmittedJobsByTheClockAsItIsNow) {
  constexpr UnixSeconds kAhead = kNow + 900'000'000;
  HoldState state;
  AdmittedJob& entry = state.admitted[1];
  entry.hold = "foreshape_1";
  entry.since_s = entry.counted_from_s = kAhead;
  entry.has_started = true;
  state.admitted[2].not_before_s = kAhead;
  const auto back = parse_hold_state(format_hold_state(state), kNow);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->admitted.at(1).since_s, kNow);
  EXPECT_EQ(back->admitted.at(1).counted_from_s, kNow);
  EXPECT_EQ(back->admitted.at(2).not_before_s, kNow + AdmittedJob::kNotAgainSeconds);
}

TEST(HoldState, IsWrittenWhateverBytesANameHas) {
  HoldState state;
  state.misses.note_miss("\xff\xfe\x1b[31m", kNow, 600);
  EXPECT_TRUE(parse_hold_state(format_hold_state(state), kNow));
}

TEST(HoldState, RefusesWhatItDidNotWrite) {
  for (const char* text :
       {"", "null", "{}", R"({"version":1})", R"({"version":1,"next_number":-5,"holds":3})"})
    EXPECT_FALSE(parse_hold_state(text, kNow)) << text;
}

}  // namespace
}  // namespace foreshape
