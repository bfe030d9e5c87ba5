// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/cli/time_words.h"

#include <cstdlib>
#include <ctime>
#include <dlfcn.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace foreshape {
namespace {

constexpr UnixSeconds kNow = 1'795'312'297;  // 2026-11-22T01:51:37 UTC, a Sunday

class TimeWords : public testing::Test {
 protected:
  void SetUp() override { zone("UTC"); }
  void TearDown() override { zone("UTC"); }
  static void zone(const char* name) {
    ::setenv("TZ", name, 1);
    ::tzset();
  }
  static std::string shown(UnixSeconds moment) {
    const std::time_t t = moment;
    std::tm broken_down{};
    localtime_r(&t, &broken_down);
    char text[32];
    std::strftime(text, sizeof text, "%FT%T", &broken_down);
    return text;
  }
};

TEST_F(TimeWords, MeanWhatSacctsManualSays) {
  const struct {
    const char* words;
    const char* want;
  } cases[] = {
      {"now", "2026-11-22T01:51:37"},
      {"now-7days", "2026-11-15T01:51:37"},
      {"now - 2 hours", "2026-11-21T23:51:37"},
      {"NOW-1Hour", "2026-11-22T00:51:37"},
      {"now+1week", "2026-11-29T01:51:37"},
      {"now-90", "2026-11-22T01:50:07"},
      {"today", "2026-11-22T00:00:00"},
      {"midnight", "2026-11-22T00:00:00"},
      {"noon", "2026-11-22T12:00:00"},
      {"fika", "2026-11-22T15:00:00"},
      {"teatime", "2026-11-22T16:00:00"},
      {"elevenses", "2026-11-22T11:00:00"},
      {"tomorrow", "2026-11-23T00:00:00"},
      {"fika tomorrow", "2026-11-23T15:00:00"},
      {"tomorrow noon", "2026-11-23T12:00:00"},
      {"10:00", "2026-11-22T10:00:00"},
      {"9:05:07", "2026-11-22T09:05:07"},
      {"10:30PM", "2026-11-22T22:30:00"},
      {"10:30 pm", "2026-11-22T22:30:00"},
      {"12:30AM", "2026-11-22T00:30:00"},
      {"12:30PM", "2026-11-22T12:30:00"},
      {"1122", "2026-11-22T00:00:00"},
      {"1123", "2026-11-23T00:00:00"},
      {"1231", "2025-12-31T00:00:00"},
      {"12/31", "2025-12-31T00:00:00"},
      {"12.31.24", "2024-12-31T00:00:00"},
      {"012526", "2026-01-25T00:00:00"},
      {"01/25/26-14:30", "2026-01-25T14:30:00"},
      {"1/5", "2026-01-05T00:00:00"},
      {"2026-11-01", "2026-11-01T00:00:00"},
      {"2026-11-01T10:20", "2026-11-01T10:20:00"},
      {"2026-11-01T10:20:30", "2026-11-01T10:20:30"},
      {"2026-11-1T10:20", "2026-11-01T10:20:00"},
      {"2026-02-31", "2026-03-03T00:00:00"},
      {"uts1700000000", "2023-11-14T22:13:20"},
      {"", nullptr},
      {"yesterday", nullptr},
      {"now-", nullptr},
      {"now-days", nullptr},
      {"now-5fortnights", nullptr},
      {"now-99999999999999999999days", nullptr},
      {"2026-13-01", nullptr},
      {"1301", nullptr},
      {"24:00", nullptr},
      {"10:60", nullptr},
      {"13:00PM", nullptr},
      {"uts12", nullptr},
      {"10:0", nullptr},
      {"today\x1b[31m", nullptr},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.words);
    const auto moment = parse_time_words(c.words, kNow);
    if (c.want == nullptr)
      EXPECT_FALSE(moment) << shown(*moment);
    else if (moment)
      EXPECT_EQ(shown(*moment), c.want);
    else
      ADD_FAILURE() << moment.error().message;
  }
}

TEST_F(TimeWords, AreHarmlessInTheMessage) {
  EXPECT_EQ(parse_time_words("today\x1b[31m", kNow).error().message,
            "invalid time specification (pos=5): 'today?[31m'");
  EXPECT_FALSE(parse_time_words(std::string(100'000, '1'), kNow));
}

TEST_F(TimeWords, FollowTheLocalClockOverTheEndOfSummerTime) {
  zone("Europe/Berlin");
  const UnixSeconds noon_after_change = 1'792'926'000;  // 2026-10-25T12:00 local; clocks went back at 03:00
  EXPECT_EQ(shown(*parse_time_words("today", noon_after_change)), "2026-10-25T00:00:00");
  EXPECT_EQ(shown(midnight_before(noon_after_change)), "2026-10-25T00:00:00");
  EXPECT_EQ(noon_after_change - midnight_before(noon_after_change), 13 * 3600);
}

/// Slurm's own parser, out of the library that the plugins are built for.
using SlurmParse = std::time_t (*)(const char*, int);
SlurmParse slurm_parser() {
  void* library = ::dlopen("libslurm.so", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return nullptr;
  return reinterpret_cast<SlurmParse>(::dlsym(library, "slurm_parse_time"));
}

TEST_F(TimeWords, AgreeWithSlurmsOwnParser) {
  const SlurmParse slurm = slurm_parser();
  ASSERT_NE(slurm, nullptr) << "libslurm-dev is not installed: " << ::dlerror();
  std::vector<std::string> words = {"now-7days",     "now-1hour", "now+90minutes", "today", "tomorrow",
                                    "fika tomorrow", "noon",      "teatime",       "2026x", "today 10:00pm"};
  for (int month = 0; month <= 13; ++month)
    for (const int day : {0, 1, 9, 28, 29, 31, 32})
      for (const char* form : {"{:02}{:02}", "{:02}{:02}24", "{:02}/{:02}", "{:02}.{:02}.25",
                               "2026-{:02}-{:02}", "2024-{:02}-{:02}T10:20", "{:02}/{:02}-23:59:59"})
        words.push_back(fmt::format(fmt::runtime(form), month, day));
  for (int hour = 0; hour <= 24; ++hour)
    for (const char* form : {"{}:05", "{:02}:59:59", "{:02}:00AM", "{:02}:30 pm", "{:02}:60", "today {}:07"})
      words.push_back(fmt::format(fmt::runtime(form), hour));
  for (const char* name : {"UTC", "America/New_York", "Australia/Lord_Howe"}) {
    zone(name);
    for (const std::string& text : words) {
      const std::time_t before = std::time(nullptr);
      testing::internal::CaptureStderr();
      const std::time_t theirs = slurm(text.c_str(), 1);
      testing::internal::GetCapturedStderr();
      const std::time_t after = std::time(nullptr);
      // "now" moves on while we ask: ours must be right for a second within which Slurm answered.
      bool same = false;
      for (std::time_t now = before; now <= after && !same; ++now)
        same = parse_time_words(text, now).value_or(0) == theirs;
      EXPECT_TRUE(same) << name << ": " << text << ": Slurm says " << shown(theirs) << ", we say "
                        << shown(parse_time_words(text, before).value_or(0));
    }
  }
}

}  // namespace
}  // namespace foreshape
