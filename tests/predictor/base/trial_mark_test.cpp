// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/base/trial_mark.h"

#include <gtest/gtest.h>
#include <string>

#include "predictor/base/memory_mark.h"

namespace foreshape {
namespace {

const std::string kToken = "foreshape=0000000000000abc";

TEST(TrialMark, IsReadBackFromTheCommentItWasWrittenTo) {
  const std::string begun = comment_with("site " + kToken + " epilog", TrialMark{60, 1'764'300'000});
  EXPECT_EQ(begun, "site " + kToken + " foreshape_trial:60m,since:1764300000 epilog");
  auto mark = trial_mark(begun);
  ASSERT_TRUE(mark);
  EXPECT_EQ(mark->limit_min, 60U);
  EXPECT_EQ(mark->since_s, 1'764'300'000);
  EXPECT_EQ(mark->end, TrialEnd::open);

  mark->end = TrialEnd::requeued;
  mark->credit_s = 5'400;
  const std::string requeued = comment_with(begun, mark);
  EXPECT_EQ(requeued,
            "site " + kToken +
                " foreshape_trial:60m,since:1764300000,requeued:5400s (ran as a trial start, waits on in its "
                "old place) epilog");
  EXPECT_EQ(trial_mark(requeued)->end, TrialEnd::requeued);
  EXPECT_EQ(trial_mark(requeued)->credit_s, 5'400);

  mark->end = TrialEnd::whole;
  EXPECT_EQ(trial_mark(comment_with(requeued, mark))->end, TrialEnd::whole);
  EXPECT_EQ(comment_with(requeued, std::nullopt), "site " + kToken + " epilog") << "as it was";
}

TEST(TrialMark, SaysThatAJobMayBeTriedUntilItIs) {
  const std::string may = comment_with("site " + kToken + " epilog", TrialMark{.end = TrialEnd::possible});
  EXPECT_EQ(may, "site " + kToken + " foreshape_trial:possible epilog");
  ASSERT_TRUE(trial_mark(may));
  EXPECT_EQ(trial_mark(may)->end, TrialEnd::possible);
  const std::string begun = comment_with(may, TrialMark{60, 1'764'300'000});
  EXPECT_EQ(begun, "site " + kToken + " foreshape_trial:60m,since:1764300000 epilog");
  EXPECT_EQ(comment_with(begun, TrialMark{.end = TrialEnd::possible}), may) << "in vain: another time";
}

TEST(TrialMark, StandsBehindWhatIsSaidOfTheMemory) {
  const std::string tag = marked_tag(0xabc, {1024, 4096}).data();
  const std::string resized = resized_comment(tag, 1024, 2048);
  const std::string returned = returned_comment(resized, 2048, true);
  for (const std::string& before : {tag, resized, returned}) {
    const std::string marked = comment_with(before + " epilog", TrialMark{60, 1'764'300'000});
    EXPECT_EQ(marked, before + " foreshape_trial:60m,since:1764300000 epilog");
    EXPECT_TRUE(trial_mark(marked));
    EXPECT_EQ(memory_mark(marked)->requested_mib, 4096);
    EXPECT_EQ(comment_with(marked, std::nullopt), before + " epilog");
  }
  const std::string both = comment_with(tag, TrialMark{60, 1'764'300'000});
  EXPECT_TRUE(trial_mark(returned_comment(both, 1024, false))) << "the memory is given back meanwhile";
  EXPECT_TRUE(trial_mark(resized_comment(both, 1024, 2048)));
}

TEST(TrialMark, CountsOnlyWhereWeWouldHavePutIt) {
  const std::string mark = " foreshape_trial:60m,since:1764300000";
  const struct {
    const char* why;
    std::string comment;
  } cases[] = {
      {"none", kToken},
      {"no token before it", mark},
      {"not right behind the token", kToken + " mine" + mark},
      {"behind a token that is not the last", kToken + mark + " " + kToken},
      {"behind a memory mark that is none", kToken + " foreshape_memory:5M/1M" + mark},
      {"no limit", kToken + " foreshape_trial:0m,since:1764300000"},
      {"less than nothing", kToken + " foreshape_trial:-5m,since:1764300000"},
      {"more than there is", kToken + " foreshape_trial:99999999999m,since:1764300000"},
      {"cut", kToken + " foreshape_trial:60m,si"},
      {"an end that is none", kToken + mark + ",requeued:soon"},
      {"an age that is none",
       kToken + mark + ",requeued:-1s (ran as a trial start, waits on in its old place)"},
  };
  for (const auto& c : cases) EXPECT_FALSE(trial_mark(c.comment)) << c.why;
  EXPECT_EQ(comment_with("none of ours", TrialMark{60, 1}), "none of ours");
}

}  // namespace
}  // namespace foreshape
