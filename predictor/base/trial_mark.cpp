// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/base/trial_mark.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <fmt/format.h>

#include "predictor/base/memory_mark.h"
#include "predictor/base/token_tag.h"

namespace foreshape {
namespace {

constexpr std::string_view kMark = " foreshape_trial:";
constexpr std::string_view kPossible = "possible";
constexpr std::string_view kSince = "m,since:";
constexpr std::string_view kWhole = ",whole (ran as a trial start, runs on)";
constexpr std::string_view kRequeued = ",requeued:";
constexpr std::string_view kRequeuedWhy = "s (ran as a trial start, waits on in its old place)";
constexpr std::int64_t kMaxMinutes = std::int64_t{10} * 366 * 1'440;
constexpr std::int64_t kMaxSeconds = std::int64_t{1} << 40U;

/// A number from 0 to `most` off the front of the text, and what must stand behind it.
std::optional<std::int64_t> take_number(std::string_view& text, std::int64_t most, std::string_view behind) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < 0 || number > most) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (!text.starts_with(behind)) return std::nullopt;
  text.remove_prefix(behind.size());
  return number;
}

/// Takes how the trial ended off the front of the text; false if what begins there is none of ours.
bool take_end(std::string_view& text, TrialMark& mark) {
  if (text.starts_with(kWhole)) {
    text.remove_prefix(kWhole.size());
    mark.end = TrialEnd::whole;
  } else if (text.starts_with(kRequeued)) {
    text.remove_prefix(kRequeued.size());
    const auto credit_s = take_number(text, kMaxSeconds, kRequeuedWhy);
    if (!credit_s) return false;
    mark.end = TrialEnd::requeued;
    mark.credit_s = *credit_s;
  }
  return true;
}

/// Takes a mark off the front of the text.
std::optional<TrialMark> take_mark(std::string_view& text) {
  if (!text.starts_with(kMark)) return std::nullopt;
  std::string_view rest = text.substr(kMark.size());
  if (rest.starts_with(kPossible)) {
    text = rest.substr(kPossible.size());
    return TrialMark{.end = TrialEnd::possible};
  }
  TrialMark mark;
  const auto limit_min = take_number(rest, kMaxMinutes, kSince);
  if (!limit_min || *limit_min == 0) return std::nullopt;
  const auto since_s = take_number(rest, kMaxSeconds, "");
  if (!since_s || !take_end(rest, mark)) return std::nullopt;
  mark.limit_min = static_cast<std::uint32_t>(*limit_min);
  mark.since_s = *since_s;
  text = rest;
  return mark;
}

std::string text_of(const TrialMark& mark) {
  if (mark.end == TrialEnd::possible) return fmt::format("{}{}", kMark, kPossible);
  std::string text = fmt::format("{}{}{}{}", kMark, mark.limit_min, kSince, mark.since_s);
  if (mark.end == TrialEnd::whole) text += kWhole;
  if (mark.end == TrialEnd::requeued) text += fmt::format("{}{}{}", kRequeued, mark.credit_s, kRequeuedWhy);
  return text;
}

}  // namespace

std::optional<TrialMark> trial_mark(std::string_view admin_comment) {
  std::string_view rest = behind_memory_mark(admin_comment);
  return take_mark(rest);
}

std::string comment_with(std::string_view admin_comment, const std::optional<TrialMark>& mark) {
  if (tagged_token(admin_comment) == 0) return std::string(admin_comment);
  std::string_view rest = behind_memory_mark(admin_comment);
  const std::string_view ours = admin_comment.substr(0, admin_comment.size() - rest.size());
  static_cast<void>(take_mark(rest));
  return fmt::format("{}{}{}", ours, mark ? text_of(*mark) : "", rest);
}

}  // namespace foreshape
