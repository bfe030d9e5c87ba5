#include "slurm-plugin/hold_state.h"

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

  const auto back = parse_hold_state(format_hold_state(state), kNow);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(format_hold_state(*back), format_hold_state(state));
  EXPECT_EQ(back->holds[0].hold.user, "caf\xc3\xa9");
  EXPECT_TRUE(back->holds[0].hold.is_fulfilled);
  EXPECT_EQ(back->holds[0].hits, (std::set<JobId>{7, 9}));
  EXPECT_EQ(back->ledger.spent_for(kNow, "carol"), 55);
  EXPECT_TRUE(back->misses.is_barred("dave", kNow));
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
