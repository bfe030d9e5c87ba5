// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/history/slurm_units.h"

#include <array>
#include <charconv>
#include <cmath>
#include <ctime>
#include <fmt/format.h>
#include <limits>
#include <utility>

#include "predictor/base/slurm_state.h"
#include "predictor/history/bad_line.h"

namespace foreshape {
namespace {

tl::unexpected<Error> unreadable(std::string_view field, const char* wanted) {
  return failure(ErrorCode::invalid_input, fmt::format("'{}' is not {}", excerpt(field), wanted));
}

/// The whole text as a number that is not negative.
template <class T>
std::optional<T> number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty() || text.front() == '-')
    return std::nullopt;
  return value;
}

std::optional<double> factor_of(char unit) {
  switch (unit) {
    case 'B':
      return 1.0;
    case 'K':
    case 'k':
      return 0x1p10;
    case 'M':
    case 'm':
      return 0x1p20;
    case 'G':
    case 'g':
      return 0x1p30;
    case 'T':
    case 't':
      return 0x1p40;
    case 'P':
    case 'p':
      return 0x1p50;
    case 'E':
    case 'e':
      return 0x1p60;
    default:
      return std::nullopt;
  }
}

/// "1.50G" -> bytes; nullopt where it is no such thing or does not fit.
std::optional<std::int64_t> scaled(std::string_view text, char default_unit) {
  if (text.empty()) return std::nullopt;
  const auto letter = factor_of(text.back());
  const double factor = letter ? *letter : factor_of(default_unit).value_or(1.0);
  if (letter) text.remove_suffix(1);
  if (const auto whole = number<std::int64_t>(text)) {
    const double bytes = static_cast<double>(*whole) * factor;
    if (bytes >= 0x1p63) return std::nullopt;
    return *whole * static_cast<std::int64_t>(factor);
  }
  const auto value = number<double>(text);
  if (!value || !std::isfinite(*value) || *value * factor >= 0x1p63) return std::nullopt;
  return static_cast<std::int64_t>(std::llround(*value * factor));
}

bool is_one_of(std::string_view field, std::initializer_list<std::string_view> words) {
  for (const auto word : words)
    if (field == word) return true;
  return false;
}

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
    const auto part = number<int>(text.substr(kParts[i].first, kParts[i].second));
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
  const auto hours = number<int>(text.substr(1, 2)), minutes = number<int>(text.substr(minutes_at));
  if (!hours || !minutes || *hours > 14 || *minutes > 59) return std::nullopt;
  const std::int64_t east_s = *hours * 3'600LL + *minutes * 60LL;
  return text.front() == '-' ? -east_s : east_s;
}

/// How many tasks "1-10:2,17%4" names; at least 1, at most what an array may have.
std::uint32_t tasks_in(std::string_view list) {
  constexpr std::uint32_t kArrayTasksMax = 4'000'001;  // Slurm's own limit of MaxArraySize
  list = list.substr(0, list.find('%'));
  std::uint32_t tasks = 0;
  while (!list.empty() && tasks < kArrayTasksMax) {
    const std::string_view range = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), range.size() + 1));
    const auto dash = range.find('-'), colon = range.find(':');
    const auto first = number<std::uint32_t>(range.substr(0, dash));
    const auto last =
        dash == range.npos ? first : number<std::uint32_t>(range.substr(dash + 1, colon - dash - 1));
    const auto step =
        colon == range.npos ? std::optional{1U} : number<std::uint32_t>(range.substr(colon + 1));
    if (!first || !last || !step || *last < *first || *step == 0) continue;  // cut off by "..." in long lists
    tasks += std::min((*last - *first) / *step + 1, kArrayTasksMax);
  }
  return std::min(std::max(tasks, 1U), kArrayTasksMax);
}

}  // namespace

Result<std::optional<std::int64_t>> slurm_count(std::string_view field) {
  if (field.empty()) return std::nullopt;
  const auto value = scaled(field, 'B');
  if (!value) return unreadable(field, "a count");
  return value;
}

Result<std::optional<std::int64_t>> slurm_bytes(std::string_view field, char default_unit) {
  if (field.empty()) return std::nullopt;
  const auto value = scaled(field, default_unit);
  if (!value) return unreadable(field, "a size such as 4000M or 1.50G");
  return value;
}

Result<std::optional<std::int64_t>> slurm_duration_ms(std::string_view field) {
  if (is_one_of(field, {"", "INVALID", "Unknown", "None"})) return std::nullopt;
  const auto wrong = [&] { return unreadable(field, "a duration such as 1-02:03:04"); };
  std::string_view rest = field;
  std::int64_t days = 0, milliseconds = 0;
  if (const auto dash = rest.find('-'); dash != rest.npos) {
    const auto value = number<std::uint32_t>(rest.substr(0, dash));
    if (!value) return wrong();
    days = *value;
    rest.remove_prefix(dash + 1);
  }
  if (const auto dot = rest.find('.'); dot != rest.npos) {
    const auto fraction = number<double>(rest.substr(dot));
    if (!fraction || *fraction >= 1.0) return wrong();
    milliseconds = std::llround(*fraction * 1e3);
    rest = rest.substr(0, dot);
  }
  std::int64_t seconds = 0;
  for (int parts = 0; !rest.empty(); ++parts) {
    const std::string_view part = rest.substr(0, rest.find(':'));
    const auto value = number<std::uint32_t>(part);
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
  if (const auto minutes = number<std::uint32_t>(field)) {
    if (*minutes >= kNoValue) return std::nullopt;
    return std::int64_t{*minutes} * 60;
  }
  const auto duration = slurm_duration_ms(field);
  if (!duration || !*duration) return unreadable(field, "a time limit");
  return **duration / 1'000;
}

Result<std::optional<UnixSeconds>> slurm_time_s(std::string_view field, bool utc) {
  if (is_one_of(field, {"", "Unknown", "None", "N/A", "0"})) return std::nullopt;
  if (const auto seconds = number<std::uint32_t>(field)) return UnixSeconds{*seconds};
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

Result<JobState> slurm_state(std::string_view field) {
  const std::string_view word = field.substr(0, field.find_first_of(" ,"));
  if (const auto state = job_state_of(word)) return *state;
  // sacct without --parsable cuts a state to the column's width and marks that with '+'.
  if (word.size() >= 5 && word.back() == '+')
    if (const auto state = job_state_beginning(word.substr(0, word.size() - 1))) return *state;
  return unreadable(field, "a job state");
}

std::int64_t RequestedMemory::per_node(std::int64_t nodes, std::int64_t cpus) const {
  nodes = std::max<std::int64_t>(nodes, 1);
  if (per == Per::node) return bytes;
  if (per == Per::job) return bytes / nodes;
  const std::int64_t cpus_of_a_node = std::max<std::int64_t>((cpus + nodes - 1) / nodes, 1);
  return bytes > std::numeric_limits<std::int64_t>::max() / cpus_of_a_node ? bytes : bytes * cpus_of_a_node;
}

Result<std::optional<RequestedMemory>> slurm_requested_memory(std::string_view field) {
  constexpr std::int64_t kPerCpuFlagBytes = (std::int64_t{1} << 31) << 20;  // bit 31 of a count of MB
  if (field.empty()) return std::nullopt;
  RequestedMemory memory;
  std::string_view size = field;
  if (field.back() == 'n' || field.back() == 'c') {
    memory.per = field.back() == 'n' ? RequestedMemory::Per::node : RequestedMemory::Per::cpu;
    size.remove_suffix(1);
  }
  const auto bytes = scaled(size, 'M');
  if (!bytes) return unreadable(field, "requested memory such as 4000Mn, 2800Mc or 62.50G");
  memory.bytes = *bytes;
  // No node has 2 PiB: it is the flag.
  if (memory.per == RequestedMemory::Per::node && memory.bytes >= kPerCpuFlagBytes) {
    memory.per = RequestedMemory::Per::cpu;
    memory.bytes -= kPerCpuFlagBytes;
  }
  if (memory.bytes == 0) return std::nullopt;
  return memory;
}

std::string_view tres_value(std::string_view tres, std::string_view name) {
  while (!tres.empty()) {
    const std::string_view entry = tres.substr(0, tres.find(','));
    if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=')
      return entry.substr(name.size() + 1);
    tres.remove_prefix(std::min(tres.size(), entry.size() + 1));
  }
  return {};
}

bool is_tres(std::string_view tres) {
  while (!tres.empty()) {
    const std::string_view entry = tres.substr(0, tres.find(','));
    if (entry.find('=') == entry.npos) return false;
    tres.remove_prefix(std::min(tres.size(), entry.size() + 1));
  }
  return true;
}

Result<std::optional<std::int64_t>> tres_gpus(std::string_view tres) {
  constexpr std::string_view kGpus = "gres/gpu", kKind = "gres/gpu:";
  if (const auto all = tres_value(tres, kGpus); !all.empty()) return slurm_count(all);
  std::optional<std::int64_t> sum;
  while (!tres.empty()) {
    const std::string_view entry = tres.substr(0, tres.find(','));
    tres.remove_prefix(std::min(tres.size(), entry.size() + 1));
    const auto equals = entry.rfind('=');
    if (!entry.starts_with(kKind) || equals == entry.npos) continue;
    auto some = slurm_count(entry.substr(equals + 1));
    if (!some) return some;
    // No machine has more than 2^32 of them: the sum cannot overflow.
    if (*some) sum = sum.value_or(0) + std::min(**some, std::int64_t{UINT32_MAX});
  }
  return sum;
}

Result<JobIdText> slurm_job_id(std::string_view field) {
  JobIdText id;
  // A long list of array tasks is cut off with dots inside the bracket: 123_[1-3,...]
  const auto bracket = field.find(']');
  const auto dot = field.find('.', bracket == field.npos ? 0 : bracket);
  id.job = field.substr(0, dot);
  if (dot != field.npos) id.step = field.substr(dot + 1);
  const auto mark = id.job.find_first_of("_+");
  const auto value = number<JobId>(id.job.substr(0, mark));
  if (!value || (dot != field.npos && id.step.empty())) return unreadable(field, "a job id");
  id.number = *value;
  id.array = mark != id.job.npos && id.job[mark] == '_';
  if (id.array && id.job.substr(mark + 1).starts_with('['))
    id.pending_tasks = tasks_in(id.job.substr(mark + 2, id.job.find(']') - mark - 2));
  return id;
}

}  // namespace foreshape
