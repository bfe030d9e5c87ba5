// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/base/memory_mark.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <fmt/format.h>

namespace foreshape {
namespace {

constexpr std::string_view kMark = " foreshape_memory:";
constexpr std::string_view kCpus = ",cpus:";
constexpr std::string_view kFormer = ",was:";
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

/// What stands behind the word; nullopt without the word, 0 without a number.
std::optional<std::uint32_t> take_cpus(std::string_view& text) {
  if (!text.starts_with(kCpus)) return std::nullopt;
  text.remove_prefix(kCpus.size());
  std::uint32_t cpus = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), cpus);
  if (error != std::errc{}) return 0;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return cpus;
}

struct FoundMark {
  MemoryMark mark;
  std::size_t begin = 0, end = 0;  ///< where its figures are in the comment; `returned` is behind them
};

bool has_our_figures(const MemoryMark& mark) {
  const std::int64_t each = std::max(mark.cpus, 1U);
  return mark.planned_mib % each == 0 && mark.requested_mib % each == 0 && mark.former_mib % each == 0 &&
         mark.planned_mib > 0 && mark.planned_mib <= mark.requested_mib && mark.requested_mib <= kMaxMib &&
         mark.former_mib >= 0 && mark.former_mib < mark.requested_mib;
}

std::optional<FoundMark> find_mark(std::string_view comment) {
  std::string_view rest = behind_tag(comment);
  if (!rest.starts_with(kMark)) return std::nullopt;
  rest.remove_prefix(kMark.size());
  FoundMark found;
  found.begin = comment.size() - rest.size();
  found.mark.planned_mib = take_mib(rest);
  if (!rest.starts_with('/')) return std::nullopt;
  rest.remove_prefix(1);
  found.mark.requested_mib = take_mib(rest);
  if (const auto cpus = take_cpus(rest)) {
    found.mark.cpus = *cpus;
    if (*cpus == 0) return std::nullopt;
  }
  if (rest.starts_with(kFormer)) {
    rest.remove_prefix(kFormer.size());
    found.mark.former_mib = take_mib(rest);
    if (found.mark.former_mib == 0) return std::nullopt;
  }
  found.end = comment.size() - rest.size();
  found.mark.is_returned = rest.starts_with(kReturned);
  return has_our_figures(found.mark) ? std::optional(found) : std::nullopt;
}

std::string cpus_text(std::uint32_t cpus) { return cpus > 0 ? fmt::format("{}{}", kCpus, cpus) : ""; }

}  // namespace

MarkedTag marked_tag(std::uint64_t token, const MemoryMark& mark) {
  MarkedTag text{};
  const auto most = static_cast<std::ptrdiff_t>(text.size() - 1);
  fmt::format_to_n(text.begin(), most, "{}{}{}M/{}M{}", token_tag(token).data(), kMark, mark.planned_mib,
                   mark.requested_mib, cpus_text(mark.cpus));
  return text;
}

std::optional<MemoryMark> memory_mark(std::string_view admin_comment) {
  const auto found = find_mark(admin_comment);
  return found ? std::optional(found->mark) : std::nullopt;
}

std::string_view behind_memory_mark(std::string_view admin_comment) {
  const auto found = find_mark(admin_comment);
  if (!found) return behind_tag(admin_comment);
  std::string_view rest = admin_comment.substr(found->end);
  if (!found->mark.is_returned) return rest;
  rest.remove_prefix(kReturned.size());
  if (rest.starts_with(" (")) rest.remove_prefix(std::min(rest.find(')'), rest.size() - 1) + 1);
  return rest;
}

std::string resized_comment(std::string_view admin_comment, std::int64_t from_mib, std::int64_t to_mib) {
  const auto found = find_mark(admin_comment);
  if (!found || found->mark.is_returned) return std::string(admin_comment);
  const std::int64_t requested_mib = found->mark.requested_mib;
  const std::string former = from_mib < requested_mib ? fmt::format("{}{}M", kFormer, from_mib) : "";
  return fmt::format("{}{}M/{}M{}{}{}", admin_comment.substr(0, found->begin), to_mib, requested_mib,
                     cpus_text(found->mark.cpus), former, admin_comment.substr(found->end));
}

std::string returned_comment(std::string_view admin_comment, std::int64_t had_mib, bool was_killed) {
  const auto found = find_mark(admin_comment);
  if (!found || found->mark.is_returned) return std::string(admin_comment);
  const std::int64_t requested_mib = found->mark.requested_mib;
  const std::string why =
      was_killed ? fmt::format("killed with {}M, queued again with the {}M requested", had_mib, requested_mib)
                 : fmt::format("has the {}M requested again", requested_mib);
  return fmt::format("{}{} ({}){}", admin_comment.substr(0, found->end), kReturned, why,
                     admin_comment.substr(found->end));
}

}  // namespace foreshape
