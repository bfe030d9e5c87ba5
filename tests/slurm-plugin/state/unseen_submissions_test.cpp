// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/state/unseen_submissions.h"

#include <gtest/gtest.h>

namespace foreshape {
namespace {

using Tokens = std::vector<SubmissionToken>;

TEST(UnseenSubmissions, AreRealOnceTheirJobIsSeenAndForgottenWhenItNeverIs) {
  UnseenSubmissions unseen;
  for (const SubmissionToken token : {1U, 2U, 3U}) EXPECT_TRUE(unseen.add({token, 7, 1000}));
  EXPECT_EQ(unseen.tokens(), (Tokens{1, 2, 3}));
  EXPECT_TRUE(unseen.settle(Tokens{2, 9}, 1001).empty());
  EXPECT_EQ(unseen.tokens(), (Tokens{1, 3}));
  EXPECT_TRUE(unseen.settle(Tokens{3}, 1000 + UnseenSubmissions::kPatienceSeconds).empty());
  const auto never = unseen.settle({}, 1001 + UnseenSubmissions::kPatienceSeconds);
  ASSERT_EQ(never.size(), 1U);
  EXPECT_EQ(never[0].token, 1U);
  EXPECT_EQ(never[0].uid, 7U);
  EXPECT_TRUE(unseen.tokens().empty());
}

TEST(UnseenSubmissions, AreBounded) {
  UnseenSubmissions unseen;
  for (std::size_t i = 0; i < UnseenSubmissions::kCapacity; ++i) EXPECT_TRUE(unseen.add({i + 1, 7, 1000}));
  EXPECT_FALSE(unseen.add({1'000'000, 7, 1000}));
}

}  // namespace
}  // namespace foreshape
