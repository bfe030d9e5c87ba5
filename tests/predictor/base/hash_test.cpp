// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/base/hash.h"

#include <gtest/gtest.h>

namespace foreshape {

TEST(TextHash, NeverChanges) {
  // Stored in snapshots and databases: a different value here means that every site's history is lost.
  EXPECT_EQ(text_hash(""), 0U);
  EXPECT_EQ(text_hash("main"), static_cast<TextHash>(checksum("main", 4)));
  EXPECT_EQ(checksum("", 0), 0x2D06800538D394C2ULL);
}

TEST(FoldedNameHash, TakesRunsOfDigitsAsOne) {
  EXPECT_EQ(folded_name_hash("relax_001"), folded_name_hash("relax_27"));
  EXPECT_EQ(folded_name_hash("relax_001"), text_hash("relax_#"));
  EXPECT_NE(folded_name_hash("relax_001"), folded_name_hash("relax"));
  EXPECT_EQ(folded_name_hash(""), 0U);
  EXPECT_EQ(folded_name_hash(std::string(300, 'a')), folded_name_hash(std::string(256, 'a')));
}

}  // namespace foreshape
