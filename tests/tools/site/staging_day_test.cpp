// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/site/staging_day.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <unistd.h>

#include "predictor/journal/journal_writer.h"

namespace foreshape {

TEST(StagingDay, IsTheAccountsLastDay) {
  constexpr UnixSeconds kNow = 1'790'000'000;
  const std::string account = testing::TempDir() + "foreshape_staging_day_" + std::to_string(::getpid());
  EXPECT_EQ(staging_day(account, kNow).error().code, ErrorCode::not_found);
  {
    auto writer = JournalWriter::open(account, {});
    ASSERT_TRUE(writer) << writer.error().message;
    const auto write = [&](StagePhase step, std::int64_t age_s, std::uint32_t uses = 0) {
      StageEvent event;
      event.step = step;
      event.at_s = kNow - age_s;
      event.bytes = 1 << 30;
      event.uses = uses;
      ASSERT_TRUE(writer->append(event));
    };
    for (const StagePhase step : {StagePhase::planned, StagePhase::staged, StagePhase::used,
                                  StagePhase::missed, StagePhase::failed}) {
      write(step, 86'400);
      write(step, 60);
    }
    write(StagePhase::expired, 60);
    write(StagePhase::expired, 60, 3);
    ASSERT_TRUE(writer->append(NoticeEvent{}));
  }
  const auto day = staging_day(account, kNow);
  ASSERT_TRUE(day) << day.error().message;
  EXPECT_EQ(staging_day_text(*day),
            "1 copies (1G) in 24 h, 1 planned, 1 failed; jobs found one 1 times, none 1 times; 1G of 2G "
            "expired unused");
  std::filesystem::remove_all(account);
}

}  // namespace foreshape
