#include "predictor/plan/miss_book.h"

#include <gtest/gtest.h>

namespace foreshape {
namespace {

TEST(MissBook, BarsForTwiceAsLongAfterEachMissInARow) {
  MissBook book;
  UnixSeconds now_s = 1'000'000;
  for (const std::int64_t bar_s : {600, 1200, 2400, 4800}) {
    book.note_miss("carol", now_s, 600);
    EXPECT_TRUE(book.is_barred("carol", now_s + bar_s - 1));
    EXPECT_FALSE(book.is_barred("carol", now_s + bar_s));
    now_s += bar_s;
  }
  EXPECT_FALSE(book.is_barred("dave", now_s));
}

TEST(MissBook, NeverBarsForMoreThanADay) {
  MissBook book;
  for (int i = 0; i < 100; ++i) book.note_miss("carol", 5, 600);
  EXPECT_FALSE(book.is_barred("carol", 5 + 86'400));
  const MissBook restored(std::vector<MissRecord>{{"dave", 3, 9'000'000}}, 5);
  EXPECT_FALSE(restored.is_barred("dave", 5 + 86'400));
  EXPECT_TRUE(restored.is_barred("dave", 6));
}

TEST(MissBook, ForgetsMissesAfterAHit) {
  MissBook book;
  book.note_miss("carol", 100, 600);
  book.note_hit("carol");
  EXPECT_FALSE(book.is_barred("carol", 101));
  EXPECT_TRUE(book.records().empty());
}

}  // namespace
}  // namespace foreshape
