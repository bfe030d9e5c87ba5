// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/site/slurm_version.h"

#include <charconv>
#include <fmt/format.h>

namespace foreshape {

std::string slurm_version_text(std::uint64_t number) {
  return fmt::format("{}.{:02}.{}", number >> 16U, number >> 8U & 0xFFU, number & 0xFFU);
}

std::optional<std::uint32_t> slurm_version_number(std::string_view text) {
  const std::size_t first = text.find_first_of("0123456789");
  if (first == std::string_view::npos) return std::nullopt;
  text.remove_prefix(first);
  std::uint32_t number = 0;
  for (int part = 0; part < 3; ++part) {
    if (part > 0) {
      if (text.empty() || text.front() != '.') return std::nullopt;
      text.remove_prefix(1);
    }
    std::uint8_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    number = number << 8U | value;
  }
  return number;
}

}  // namespace foreshape
