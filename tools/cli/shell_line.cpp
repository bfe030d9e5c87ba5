// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/cli/shell_line.h"

namespace foreshape {
namespace {

constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+=:,./@";
constexpr std::string_view kSecret = "--db";

}  // namespace

std::string shell_word(std::string_view word) {
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string_view::npos) return std::string(word);
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

std::string shell_line(std::string_view program, const Args& args) {
  std::string line{program};
  bool is_secret = false;
  for (const std::string& word : args) {
    if (is_secret)
      line += " CONNINFO";
    else if (word.starts_with("--db="))
      line += " --db=CONNINFO";
    else
      line += " " + shell_word(word);
    is_secret = !is_secret && word == kSecret;
  }
  return line;
}

}  // namespace foreshape
