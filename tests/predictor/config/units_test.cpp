// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/config/units.h"

#include <gtest/gtest.h>

namespace foreshape {

TEST(ParseDuration, ReadsSlurmsFormsAndSuffixes) {
  const struct {
    const char* text;
    PlainNumber plain;
    std::optional<std::int64_t> want;
  } cases[] = {
      {"30", PlainNumber::seconds, 30},
      {"30", PlainNumber::minutes, 1'800},
      {"0", PlainNumber::minutes, 0},
      {"5:30", PlainNumber::minutes, 330},
      {"1:00:00", PlainNumber::seconds, 3'600},
      {"7-0", PlainNumber::seconds, 604'800},
      {"1-02:03", PlainNumber::minutes, 93'780},
      {"1-02:03:04", PlainNumber::minutes, 93'784},
      {"90s", PlainNumber::minutes, 90},
      {"15m", PlainNumber::seconds, 900},
      {"10h", PlainNumber::minutes, 36'000},
      {"7D", PlainNumber::minutes, 604'800},
      {"", PlainNumber::minutes, {}},
      {"s", PlainNumber::minutes, {}},
      {"-5", PlainNumber::minutes, {}},
      {"1-", PlainNumber::minutes, {}},
      {"1:2:3:4", PlainNumber::minutes, {}},
      {"1-2:3:4:5", PlainNumber::minutes, {}},
      {"1.5h", PlainNumber::minutes, {}},
      {"5 m", PlainNumber::minutes, {}},
      {"UNLIMITED", PlainNumber::minutes, {}},
      {"10001d", PlainNumber::minutes, {}},
      {"9999999999", PlainNumber::seconds, {}},
      {"99999999999999999999", PlainNumber::seconds, {}},
  };
  for (const auto& c : cases) EXPECT_EQ(parse_duration(c.text, c.plain), c.want) << c.text;
}

TEST(ParseSize, NeedsAUnit) {
  const struct {
    const char* text;
    std::optional<std::int64_t> want;
  } cases[] = {
      {"16M", 16LL << 20}, {"1G", 1LL << 30}, {"4k", 4096},       {"2TB", 2LL << 40}, {"16", {}}, {"M", {}},
      {"B", {}},           {"1.5G", {}},      {"999999999T", {}}, {"-1M", {}},        {"", {}},   {"1GG", {}},
  };
  for (const auto& c : cases) EXPECT_EQ(parse_size(c.text), c.want) << c.text;
}

TEST(FormatDurationAndSize, AreReadBack) {
  for (const std::int64_t s : {0LL, 1LL, 59LL, 60LL, 900LL, 3'601LL, 36'000LL, 604'800LL})
    for (const PlainNumber plain : {PlainNumber::seconds, PlainNumber::minutes})
      EXPECT_EQ(parse_duration(format_duration(s), plain), s);
  EXPECT_EQ(format_duration(604'800), "7d");
  for (const std::int64_t b : {0LL, 1024LL, 1536LL << 10, 16LL << 20, 1LL << 30, 3LL << 40})
    EXPECT_EQ(parse_size(format_size(b)), b);
  EXPECT_EQ(format_size(1536LL << 20), "1536M");
}

}  // namespace foreshape
