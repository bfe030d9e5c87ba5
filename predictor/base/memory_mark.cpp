// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/base/memory_mark.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <fmt/format.h>

namespace foreshape {
namespace {

constexpr std::string_view kMark = " foreshape_memory:";
constexpr std::string_view kReturned = ",returned";
constexpr std::int64_t kMaxMib = std::int64_t{1} << 42U;

/// "1024M" off the front of the text; 0 if there is none.
std::int64_t take_mib(std::string_view& text) {
  std::int64_t mib = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), mib);
  const auto used = static_cast<std::size_t>(end - text.data());
  if (error != std::errc{} || used == text.size() || *end != 'M') return 0;
  text.remove_prefix(used + 1);
  return mib;
}

struct FoundMark {
  MemoryMark mark;
  std::size_t end = 0;  ///< where it ends in the comment
};

std::optional<FoundMark> find_mark(std::string_view comment) {
  std::string_view rest = behind_tag(comment);
  if (!rest.starts_with(kMark)) return std::nullopt;
  rest.remove_prefix(kMark.size());
  FoundMark found;
  found.mark.planned_mib = take_mib(rest);
  if (!rest.starts_with('/')) return std::nullopt;
  rest.remove_prefix(1);
  found.mark.requested_mib = take_mib(rest);
  if ((found.mark.is_returned = rest.starts_with(kReturned))) rest.remove_prefix(kReturned.size());
  const MemoryMark& mark = found.mark;
  if (mark.planned_mib <= 0 || mark.planned_mib >= mark.requested_mib || mark.requested_mib > kMaxMib)
    return std::nullopt;
  found.end = comment.size() - rest.size();
  return found;
}

}  // namespace

MarkedTag marked_tag(std::uint64_t token, const MemoryMark& mark) {
  MarkedTag text{};
  const auto most = static_cast<std::ptrdiff_t>(text.size() - 1);
  fmt::format_to_n(text.begin(), most, "{}{}{}M/{}M", token_tag(token).data(), kMark, mark.planned_mib,
                   mark.requested_mib);
  return text;
}

std::optional<MemoryMark> memory_mark(std::string_view admin_comment) {
  const auto found = find_mark(admin_comment);
  return found ? std::optional(found->mark) : std::nullopt;
}

std::string returned_comment(std::string_view admin_comment, bool was_killed) {
  const auto found = find_mark(admin_comment);
  if (!found || found->mark.is_returned) return std::string(admin_comment);
  const MemoryMark& mark = found->mark;
  const std::string why = was_killed ? fmt::format("killed with {}M, queued again with the {}M requested",
                                                   mark.planned_mib, mark.requested_mib)
                                     : fmt::format("has the {}M requested again", mark.requested_mib);
  return fmt::format("{}{} ({}){}", admin_comment.substr(0, found->end), kReturned, why,
                     admin_comment.substr(found->end));
}

}  // namespace foreshape
