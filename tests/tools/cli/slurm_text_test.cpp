// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/cli/slurm_text.h"

#include <array>
#include <cstdlib>
#include <ctime>
#include <dlfcn.h>
#include <gtest/gtest.h>

namespace foreshape {
namespace {

/// Slurm's own formatting, out of the library that the plugins are built for.
template <class Function>
Function slurm_function(const char* name) {
  void* library = ::dlopen("libslurm.so", RTLD_NOW | RTLD_LOCAL);
  return library == nullptr ? nullptr : reinterpret_cast<Function>(::dlsym(library, name));
}

TEST(ElapsedText, IsSlurmsOwn) {
  const auto slurm = slurm_function<void (*)(std::time_t, char*, int)>("slurm_secs2time_str");
  ASSERT_NE(slurm, nullptr);
  for (const std::int64_t seconds :
       {0L, 1L, 59L, 60L, 3'599L, 3'600L, 86'399L, 86'400L, 90'061L, 8'640'000L, -5L}) {
    std::array<char, 64> theirs{};
    slurm(seconds, theirs.data(), static_cast<int>(theirs.size()));
    EXPECT_EQ(elapsed_text(seconds), theirs.data()) << seconds;
  }
}

TEST(RoughElapsedText, DropsSecondsAboveADay) {
  EXPECT_EQ(offset_text(93'785), "1-02:03:05");
  EXPECT_EQ(offset_text(-93'785), "-1-02:03:05");
  EXPECT_EQ(rough_elapsed_text(59), "00:00:59");
  EXPECT_EQ(rough_elapsed_text(86'400), "1-00:00");
  EXPECT_EQ(rough_elapsed_text(93'785), "1-02:04");
  EXPECT_EQ(rough_elapsed_text(99 * 86'400 + 1), "99-00:01");
}

TEST(ExactSizeText, IsSlurmsOwnInEveryUnit) {
  // (number, out, size of out, unit of the number, wanted unit or NO_VAL, flags)
  using Convert = void (*)(double, char*, int, int, int, std::uint32_t);
  const auto slurm = slurm_function<Convert>("slurm_convert_num_unit");
  ASSERT_NE(slurm, nullptr);
  constexpr int kNoUnit = -2;            // NO_VAL
  constexpr std::uint32_t kExact = 0x1;  // CONVERT_NUM_UNIT_EXACT
  for (const std::int64_t bytes :
       {0L, 1L, 512L, 1'023L, 1'024L, 1'536L, 4'096L, 5'005'312L, 1L << 20, 1L << 30, 3L << 29, 5L << 30,
        123'456'789'000L, (1L << 42) + 4'096, 7L << 50}) {
    for (int unit = 0; unit <= 5; ++unit) {
      std::array<char, 64> theirs{};
      slurm(static_cast<double>(bytes), theirs.data(), static_cast<int>(theirs.size()), 0,
            unit == 0 ? kNoUnit : unit, kExact);
      const std::optional<Unit> wanted = unit == 0 ? std::nullopt : std::optional(static_cast<Unit>(unit));
      EXPECT_EQ(exact_size_text(bytes, wanted), theirs.data()) << bytes << " in unit " << unit;
    }
  }
}

TEST(RoughSizeText, HasTheLargestUnit) {
  const struct {
    std::int64_t bytes;
    const char* want;
  } cases[] = {{0, "0"},
               {-3, "0"},
               {7, "7"},
               {1'536, "1.50K"},
               {5'005'312, "4.77M"},
               {1'325'400'064, "1.23G"},
               {130'000'000, "124M"}};
  for (const auto& c : cases) EXPECT_EQ(rough_size_text(c.bytes, std::nullopt), c.want);
  EXPECT_EQ(rough_size_text(1'536, Unit::mega), "0.00M");
}

TEST(ParseUnit, TakesSlurmsLetters) {
  EXPECT_EQ(parse_unit("k"), Unit::kilo);
  EXPECT_EQ(parse_unit("P"), Unit::peta);
  EXPECT_EQ(parse_unit("X"), std::nullopt);
  EXPECT_EQ(parse_unit("MB"), std::nullopt);
  EXPECT_EQ(parse_unit(""), std::nullopt);
}

TEST(TimestampText, IsLocalTime) {
  ::setenv("TZ", "America/New_York", 1);
  ::tzset();
  EXPECT_EQ(timestamp_text(1'795'312'297), "2026-11-21T20:51:37");
  EXPECT_EQ(timestamp_text(0), "Unknown");
  ::setenv("TZ", "UTC", 1);
  ::tzset();
}

}  // namespace
}  // namespace foreshape
