// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/base/token.h"

#include <gtest/gtest.h>
#include <string>

#include "predictor/base/token_tag.h"

namespace foreshape {
namespace {

TEST(Token, SurvivesTheAdminComment) {
  const SubmissionToken token = 0x0123456789abcdefULL;
  const TokenTag tag = token_tag(token);
  EXPECT_STREQ(tag.data(), "foreshape=0123456789abcdef");
  EXPECT_EQ(tagged_token(tag.data()), token);
  EXPECT_EQ(tagged_token("site note; " + std::string(tag.data()) + " and more"), token);
}

TEST(Token, IsNotReadFromAnythingElse) {
  for (const char* comment : {"", "foreshape=", "foreshape=12", "foreshape=xyzxyzxyzxyzxyzx",
                              "0123456789abcdef", "foreshape=0123456789abcde", "foreshape=0123456789abcdeg"})
    EXPECT_EQ(tagged_token(comment), 0U) << comment;
}

TEST(TokenCounter, NeverRepeatsAcrossARestartAMillisecondLater) {
  TokenCounter before(1'700'000'000'000);
  SubmissionToken last = 0;
  for (int i = 0; i < 100'000; ++i) last = before.next();
  TokenCounter after(1'700'000'000'001);
  EXPECT_GT(after.next(), last);
}

}  // namespace
}  // namespace foreshape
