// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/cli/time_words.h"

#include <array>
#include <cctype>
#include <ctime>
#include <fmt/format.h>
#include <optional>
#include <string>

#include "predictor/base/text.h"

namespace foreshape {
namespace {

constexpr std::size_t kMaxWords = 64;              // longer than any form above
constexpr std::int64_t kMaxCount = 1'000'000'000;  // "now-1000000000" is before 1995

struct Date {
  int year;   // since 1900, as in struct tm
  int month;  // 0 to 11
  int day;
};
struct TimeOfDay {
  int hour, minute, second;
};

std::tm local_tm(UnixSeconds moment) {
  const std::time_t t = moment;
  std::tm broken_down{};
  localtime_r(&t, &broken_down);
  return broken_down;
}

Date date_of(const std::tm& t) { return {t.tm_year, t.tm_mon, t.tm_mday}; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Reads one expression from left to right; every read_ function moves pos_ only over what it took.
class Reader {
 public:
  Reader(std::string_view text, UnixSeconds now) : text_(text), now_(now), today_(local_tm(now)) {}

  Result<UnixSeconds> read() {
    if (auto seconds = read_epoch()) return *seconds;
    while (pos_ < text_.size()) {
      if (read_word()) continue;
      const char c = text_[pos_];
      if (c == ' ' || c == '\t' || c == '-' || c == 'T')
        ++pos_;
      else if (!is_digit(c) || !(looks_like_time() ? read_time() : read_date()))
        return invalid();
    }
    if (moment_) return *moment_;
    if (!date_ && !time_) return invalid();
    return combined();
  }

 private:
  char at(std::size_t i) const { return i < text_.size() ? text_[i] : '\0'; }

  bool take(std::string_view word) {
    if (text_.size() - pos_ < word.size()) return false;
    for (std::size_t i = 0; i < word.size(); ++i)
      if (std::tolower(static_cast<unsigned char>(text_[pos_ + i])) != word[i]) return false;
    pos_ += word.size();
    return true;
  }

  /// One or two digits with a value in [low, high]; nothing is taken otherwise.
  std::optional<int> read_number(int low, int high, bool two_digits) {
    if (!is_digit(at(pos_)) || (two_digits && !is_digit(at(pos_ + 1)))) return std::nullopt;
    int value = at(pos_) - '0';
    const std::size_t digits = is_digit(at(pos_ + 1)) ? 2 : 1;
    if (digits == 2) value = value * 10 + (at(pos_ + 1) - '0');
    if (value < low || value > high) return std::nullopt;
    pos_ += digits;
    return value;
  }

  std::optional<UnixSeconds> read_epoch() {
    if (!take("uts")) return std::nullopt;
    UnixSeconds seconds = 0;
    std::size_t i = pos_;
    for (; is_digit(at(i)) && seconds < 100'000'000'000; ++i) seconds = seconds * 10 + (at(i) - '0');
    if (i != text_.size() || seconds < 1'000'000) return std::nullopt;
    pos_ = i;
    return seconds;
  }

  bool read_word() {
    struct Word {
      std::string_view word;
      int hour;
    };
    static constexpr std::array<Word, 5> kTimes{
        {{"midnight", 0}, {"noon", 12}, {"elevenses", 11}, {"fika", 15}, {"teatime", 16}}};
    for (const auto& [word, hour] : kTimes)
      if (take(word)) {
        time_ = TimeOfDay{hour, 0, 0};
        return true;
      }
    if (take("today")) {
      date_ = date_of(today_);
      return true;
    }
    if (take("tomorrow")) {
      // A day later by the clock, as Slurm has it, also where summer time ends.
      date_ = date_of(local_tm(now_ + 86'400));
      return true;
    }
    const std::size_t start = pos_;
    if (!take("now")) return false;
    if (const auto offset = read_offset()) {
      moment_ = now_ + *offset;
      return true;
    }
    pos_ = start;
    return false;
  }

  void skip_blanks() {
    while (at(pos_) == ' ' || at(pos_) == '\t') ++pos_;
  }

  /// What follows "now": nothing, or a sign, a count and a unit.
  std::optional<std::int64_t> read_offset() {
    struct Unit {
      std::string_view name;
      std::int64_t seconds;
    };
    static constexpr std::array<Unit, 10> kUnits{{{"seconds", 1},
                                                  {"second", 1},
                                                  {"minutes", 60},
                                                  {"minute", 60},
                                                  {"hours", 3'600},
                                                  {"hour", 3'600},
                                                  {"days", 86'400},
                                                  {"day", 86'400},
                                                  {"weeks", 604'800},
                                                  {"week", 604'800}}};
    skip_blanks();
    if (pos_ == text_.size()) return 0;
    const char sign = at(pos_);
    if (sign != '+' && sign != '-') return std::nullopt;
    ++pos_;
    skip_blanks();
    if (!is_digit(at(pos_))) return std::nullopt;
    std::int64_t count = 0;
    for (; is_digit(at(pos_)); ++pos_) {
      count = count * 10 + (at(pos_) - '0');
      if (count > kMaxCount) return std::nullopt;
    }
    skip_blanks();
    for (const auto& [name, seconds] : kUnits)
      if (take(name)) {
        count *= seconds;
        break;
      }
    return sign == '-' ? -count : count;
  }

  bool looks_like_time() const { return at(pos_ + 1) == ':' || at(pos_ + 2) == ':'; }

  bool read_time() {
    const auto hour = read_number(0, 23, false);
    if (!hour || !take(":")) return false;
    const auto minute = read_number(0, 59, true);
    if (!minute) return false;
    int second = 0;
    if (take(":")) {
      const auto read = read_number(0, 59, true);
      if (!read) return false;
      second = *read;
    }
    skip_blanks();
    const auto shifted = read_half_of_day(*hour);
    if (!shifted) return false;
    time_ = TimeOfDay{*shifted, *minute, second};
    return true;
  }

  /// The hour on the 24-hour clock. "10:30PM" and "22:30" are fine, "22:30PM" is not.
  std::optional<int> read_half_of_day(int hour) {
    if (take("pm")) {
      if (hour > 12) return std::nullopt;
      return hour == 12 ? 12 : hour + 12;
    }
    if (take("am")) {
      if (hour > 12) return std::nullopt;
      return hour == 12 ? 0 : hour;
    }
    return hour;
  }

  bool read_date() { return at(pos_ + 4) == '-' && at(pos_ + 7) == '-' ? read_iso_date() : read_us_date(); }

  bool read_iso_date() {
    int year = 0;
    for (int i = 0; i < 4; ++i, ++pos_) {
      if (!is_digit(at(pos_))) return false;
      year = year * 10 + (at(pos_) - '0');
    }
    ++pos_;
    const auto month = read_number(1, 12, true);
    if (!month || !take("-")) return false;
    const auto day = read_number(1, 31, false);
    if (!day) return false;
    date_ = Date{year - 1900, *month - 1, *day};
    return true;
  }

  /// MMDD[YY], MM/DD[/YY], MM.DD[.YY]. Without a year: this year, or last year if that is still to come.
  bool read_us_date() {
    const auto month = read_number(1, 12, false);
    if (!month) return false;
    if (at(pos_) == '.' || at(pos_) == '/') ++pos_;
    const auto day = read_number(1, 31, false);
    if (!day) return false;
    if (at(pos_) == '.' || at(pos_) == '/') ++pos_;
    int year = *month - 1 > today_.tm_mon ? today_.tm_year - 1 : today_.tm_year;
    if (is_digit(at(pos_))) {
      const auto two_digits = read_number(0, 99, true);
      if (!two_digits) return false;
      year = *two_digits + 100;
    }
    date_ = Date{year, *month - 1, *day};
    return true;
  }

  Result<UnixSeconds> combined() const {
    const Date date = date_.value_or(date_of(today_));
    const TimeOfDay time = time_.value_or(TimeOfDay{0, 0, 0});
    std::tm broken_down{};
    broken_down.tm_year = date.year;
    broken_down.tm_mon = date.month;
    broken_down.tm_mday = date.day;
    broken_down.tm_hour = time.hour;
    broken_down.tm_min = time.minute;
    broken_down.tm_sec = time.second;
    broken_down.tm_isdst = -1;
    const std::time_t moment = std::mktime(&broken_down);
    if (moment == -1) return invalid();
    return UnixSeconds{moment};
  }

  tl::unexpected<Error> invalid() const {
    return failure(ErrorCode::invalid_input,
                   fmt::format("invalid time specification (pos={}): '{}'", pos_, harmless(text_)));
  }

  std::string_view text_;
  UnixSeconds now_;
  std::tm today_;
  std::size_t pos_ = 0;
  std::optional<Date> date_;
  std::optional<TimeOfDay> time_;
  std::optional<UnixSeconds> moment_;  // "now...": says date and time at once
};

UnixSeconds begin_of_day(std::tm day) {
  day.tm_hour = day.tm_min = day.tm_sec = 0;
  day.tm_isdst = -1;
  return std::mktime(&day);
}

}  // namespace

Result<UnixSeconds> parse_time_words(std::string_view text, UnixSeconds now) {
  if (text.size() > kMaxWords)
    return failure(ErrorCode::invalid_input, "invalid time specification: too long");
  return Reader(text, now).read();
}

UnixSeconds midnight_before(UnixSeconds moment) { return begin_of_day(local_tm(moment)); }

UnixSeconds monday_before(UnixSeconds moment) {
  std::tm broken_down = local_tm(moment);
  broken_down.tm_mday -= (broken_down.tm_wday + 6) % 7;  // tm_wday counts from Sunday
  return begin_of_day(broken_down);
}

std::vector<UnixSeconds> mondays(UnixSeconds start_s, UnixSeconds end_s, std::size_t most) {
  constexpr UnixSeconds kWeek_s = UnixSeconds{7} * 86'400;
  std::vector<UnixSeconds> found = {monday_before(start_s)};
  // A week with a change of the clock has an hour more or less: from its middle to the next one's.
  while (found.size() < most) {
    const UnixSeconds next = monday_before(found.back() + kWeek_s + kWeek_s / 2);
    if (next >= end_s) break;
    found.push_back(next);
  }
  return found;
}

}  // namespace foreshape
