// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/cli/lists.h"

#include <algorithm>
#include <cctype>

namespace foreshape {
namespace {

constexpr std::string_view kBlanks = " \t\n";

int lower(char c) { return std::tolower(static_cast<unsigned char>(c)); }

}  // namespace

std::string_view trimmed(std::string_view text, std::string_view blanks) {
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::vector<std::string> split_list(std::string_view list) {
  list = trimmed(list, kBlanks);
  if (list.size() >= 2 && (list.front() == '"' || list.front() == '\'') && list.back() == list.front())
    list = list.substr(1, list.size() - 2);
  std::vector<std::string> words;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    const std::string_view word = trimmed(list.substr(0, comma), kBlanks);
    if (!word.empty()) words.emplace_back(word);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return words;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && begins_ignoring_case(a, b);
}

bool begins_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() >= b.size() &&
         std::equal(b.begin(), b.end(), a.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace foreshape
