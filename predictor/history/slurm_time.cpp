// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/history/slurm_time.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <utility>

#include "predictor/history/slurm_field.h"

namespace foreshape {
namespace {

/// Days since 1970-01-01 of a Gregorian date.
/// Source: Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
std::int64_t days_from_civil(std::int64_t year, unsigned month, unsigned day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = year / 400;  // years here are positive
  const auto year_of_era = static_cast<unsigned>(year - era * 400);
  const unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + static_cast<std::int64_t>(day_of_era) - 719'468;
}

/// "2016-12-22T07:15:12" -> {year, month, day, hour, minute, second}, each in its range.
std::optional<std::array<int, 6>> civil_time(std::string_view text) {
  constexpr std::array<std::pair<std::size_t, std::size_t>, 6> kParts = {
      {{0, 4}, {5, 2}, {8, 2}, {11, 2}, {14, 2}, {17, 2}}};
  constexpr std::array<int, 6> kMin = {1970, 1, 1, 0, 0, 0};
  constexpr std::array<int, 6> kMax = {2105, 12, 31, 23, 59, 60};
  if (text.size() != 19 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' ||
      text[16] != ':')
    return std::nullopt;
  std::array<int, 6> parts{};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto part = number_in<int>(text.substr(kParts[i].first, kParts[i].second));
    if (!part || *part < kMin[i] || *part > kMax[i]) return std::nullopt;
    parts[i] = *part;
  }
  return parts;
}

UnixSeconds utc_seconds(const std::array<int, 6>& t) {
  return days_from_civil(t[0], static_cast<unsigned>(t[1]), static_cast<unsigned>(t[2])) * 86'400 +
         t[3] * UnixSeconds{3'600} + t[4] * UnixSeconds{60} + t[5];
}

UnixSeconds local_seconds(const std::array<int, 6>& t) {
  std::tm parts{};
  parts.tm_year = t[0] - 1900;
  parts.tm_mon = t[1] - 1;
  parts.tm_mday = t[2];
  parts.tm_hour = t[3];
  parts.tm_min = t[4];
  parts.tm_sec = t[5];
  parts.tm_isdst = -1;
  return std::mktime(&parts);
}

constexpr std::size_t kCivilBytes = 19;  // "2016-12-22T07:15:12"

/// "Z", "+01:00", "-0530" -> seconds east of Greenwich; nullopt where it is no such thing.
std::optional<std::int64_t> utc_offset_s(std::string_view text) {
  if (text == "Z") return 0;
  if (text.size() < 5 || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  const std::size_t minutes_at = text[3] == ':' ? 4 : 3;
  if (text.size() != minutes_at + 2) return std::nullopt;
  const auto hours = number_in<int>(text.substr(1, 2)), minutes = number_in<int>(text.substr(minutes_at));
  if (!hours || !minutes || *hours > 14 || *minutes > 59) return std::nullopt;
  const std::int64_t east_s = *hours * 3'600LL + *minutes * 60LL;
  return text.front() == '-' ? -east_s : east_s;
}

}  // namespace

Result<std::optional<std::int64_t>> slurm_duration_ms(std::string_view field) {
  if (is_one_of(field, {"", "INVALID", "Unknown", "None"})) return std::nullopt;
  const auto wrong = [&] { return unreadable(field, "a duration such as 1-02:03:04"); };
  std::string_view rest = field;
  std::int64_t days = 0, milliseconds = 0;
  if (const auto dash = rest.find('-'); dash != rest.npos) {
    const auto value = number_in<std::uint32_t>(rest.substr(0, dash));
    if (!value) return wrong();
    days = *value;
    rest.remove_prefix(dash + 1);
  }
  if (const auto dot = rest.find('.'); dot != rest.npos) {
    const auto fraction = number_in<double>(rest.substr(dot));
    if (!fraction || *fraction >= 1.0) return wrong();
    milliseconds = std::llround(*fraction * 1e3);
    rest = rest.substr(0, dot);
  }
  std::int64_t seconds = 0;
  for (int parts = 0; !rest.empty(); ++parts) {
    const std::string_view part = rest.substr(0, rest.find(':'));
    const auto value = number_in<std::uint32_t>(part);
    if (!value || parts == 3) return wrong();
    seconds = seconds * 60 + *value;
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
  }
  return (days * 86'400 + seconds) * 1'000 + milliseconds;
}

Result<std::optional<std::int64_t>> slurm_limit_s(std::string_view field) {
  if (is_one_of(field, {"", "UNLIMITED", "Partition_Limit", "INVALID", "Unknown", "None"}))
    return std::nullopt;
  constexpr std::uint32_t kNoValue = 0xfffffffe;  // NO_VAL; one above it INFINITE
  if (const auto minutes = number_in<std::uint32_t>(field)) {
    if (*minutes >= kNoValue) return std::nullopt;
    return std::int64_t{*minutes} * 60;
  }
  const auto duration = slurm_duration_ms(field);
  if (!duration || !*duration) return unreadable(field, "a time limit");
  return **duration / 1'000;
}

Result<std::optional<UnixSeconds>> slurm_time_s(std::string_view field, bool utc) {
  if (is_one_of(field, {"", "Unknown", "None", "N/A", "0"})) return std::nullopt;
  if (const auto seconds = number_in<std::uint32_t>(field)) return UnixSeconds{*seconds};
  const auto offset_s = utc_offset_s(field.substr(std::min(field.size(), kCivilBytes)));
  const auto parts = civil_time(field.substr(0, offset_s ? kCivilBytes : field.npos));
  if (parts && offset_s) return utc_seconds(*parts) - *offset_s;
  if (!parts) return unreadable(field, "a time such as 2016-12-22T07:15:12");
  return utc ? utc_seconds(*parts) : local_seconds(*parts);
}

std::optional<UnixSeconds> same_local_time(UnixSeconds t) {
  constexpr UnixSeconds kHour_s = 3'600;
  const auto clock = [](UnixSeconds at) {
    const std::time_t moment = at;
    std::tm parts{};
    localtime_r(&moment, &parts);
    return std::array<int, 4>{parts.tm_yday, parts.tm_hour, parts.tm_min, parts.tm_sec};
  };
  for (const UnixSeconds other : {t - kHour_s, t + kHour_s})
    if (clock(other) == clock(t)) return other;
  return std::nullopt;
}

}  // namespace foreshape
