// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/cli/slurm_text.h"

#include <cmath>
#include <ctime>
#include <fmt/format.h>

namespace foreshape {
namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::string_view kLetters = "KMGTP";

/// "3K", "2.50G": whole numbers without digits after the point, as Slurm prints them.
std::string scaled_text(double value, Unit unit) {
  std::string text = value == static_cast<double>(static_cast<std::int64_t>(value))
                         ? fmt::format("{}", static_cast<std::int64_t>(value))
                         : fmt::format("{:.2f}", value);
  if (unit != Unit::none) text += kLetters[static_cast<std::size_t>(unit) - 1];
  return text;
}

Unit next(Unit unit) { return static_cast<Unit>(static_cast<std::uint8_t>(unit) + 1); }

std::string in_unit(std::int64_t bytes, Unit unit) {
  double value = static_cast<double>(bytes);
  for (Unit u = Unit::none; u != unit; u = next(u)) value /= 1024;
  return scaled_text(value, unit);
}

}  // namespace

std::string elapsed_text(std::int64_t seconds) {
  if (seconds < 0) return "INVALID";
  const std::int64_t rest = seconds % kDay;
  const std::string clock = fmt::format("{:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60);
  return seconds < kDay ? clock : fmt::format("{}-{}", seconds / kDay, clock);
}

std::string offset_text(std::int64_t seconds) {
  return seconds < 0 ? "-" + elapsed_text(-seconds) : elapsed_text(seconds);
}

std::string rough_elapsed_text(std::int64_t seconds) {
  if (seconds < kDay) return elapsed_text(seconds);
  const std::int64_t minutes = (seconds + 59) / 60;
  return fmt::format("{}-{:02}:{:02}", minutes / 1440, minutes / 60 % 24, minutes % 60);
}

std::string age_text(std::int64_t seconds) {
  seconds = std::max<std::int64_t>(seconds, 0);
  if (seconds < 120) return fmt::format("{} s", seconds);
  if (seconds < 7'200) return fmt::format("{} min", seconds / 60);
  if (seconds < 2LL * 86'400) return fmt::format("{} h {} min", seconds / 3'600, seconds % 3'600 / 60);
  return fmt::format("{} d {} h", seconds / 86'400, seconds % 86'400 / 3'600);
}

std::string timestamp_text(UnixSeconds moment) {
  if (moment == 0) return "Unknown";
  const std::time_t t = moment;
  std::tm local{};
  localtime_r(&t, &local);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", local.tm_year + 1900, local.tm_mon + 1,
                     local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec);
}

std::optional<Unit> parse_unit(std::string_view letter) {
  if (letter.size() != 1) return std::nullopt;
  const char upper =
      static_cast<char>(letter[0] >= 'a' && letter[0] <= 'z' ? letter[0] - 'a' + 'A' : letter[0]);
  const std::size_t i = kLetters.find(upper);
  if (i == std::string_view::npos) return std::nullopt;
  return static_cast<Unit>(i + 1);
}

std::string exact_size_text(std::int64_t bytes, std::optional<Unit> unit) {
  if (bytes <= 0) return "0";
  if (unit) return in_unit(bytes, *unit);
  double value = static_cast<double>(bytes);
  Unit u = Unit::none;
  while (u != Unit::peta && value >= 1024 && static_cast<std::uint64_t>(value) % 512 == 0) {
    value /= 1024;
    u = next(u);
  }
  return scaled_text(value, u);
}

std::string rough_size_text(std::int64_t bytes, std::optional<Unit> unit) {
  if (bytes <= 0) return "0";
  if (unit) return in_unit(bytes, *unit);
  double value = static_cast<double>(bytes);
  Unit u = Unit::none;
  while (u != Unit::peta && value >= 1024) {
    value /= 1024;
    u = next(u);
  }
  // Three digits are plenty for a size that nobody requested exactly.
  return scaled_text(value < 100 ? value : std::round(value), u);
}

std::string model_text(std::uint64_t model) { return model == 0 ? "kernel" : fmt::format("{:016x}", model); }

std::string percent_text(double fraction) { return fmt::format("{:.1f}%", fraction * 100); }

}  // namespace foreshape
