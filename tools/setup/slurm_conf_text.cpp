// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/setup/slurm_conf_text.h"

#include "tools/cli/lists.h"

namespace foreshape {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f'; }

bool is_key_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

/// A line as Slurm puts it together, with each byte's place in the file.
struct Line {
  std::string text;
  std::vector<std::size_t> places;
  std::size_t begin = 0, end = 0;
  int number = 0;
};

/// Where the comment begins: at the first # with an even number of backslashes before it.
std::size_t length_without_comment(std::string_view line) {
  std::size_t backslashes = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '#' && backslashes % 2 == 0) return i;
    backslashes = line[i] == '\\' ? backslashes + 1 : 0;
  }
  return line.size();
}

/// Where the backslash stands that continues this line; npos if it ends here.
std::size_t continued_at(std::string_view line) {
  std::size_t end = line.size();
  while (end > 0 && is_blank(line[end - 1])) --end;
  std::size_t backslashes = 0;
  while (backslashes < end && line[end - 1 - backslashes] == '\\') ++backslashes;
  return backslashes % 2 == 1 ? end - 1 : std::string_view::npos;
}

Line take_line(std::string_view text, std::size_t begin, int& number) {
  Line line;
  line.begin = line.end = begin;
  line.number = number;
  bool more = true;
  while (more && line.end < text.size()) {
    const std::size_t feed = std::min(text.find('\n', line.end), text.size());
    std::string_view piece = text.substr(line.end, feed - line.end);
    piece = piece.substr(0, length_without_comment(piece));
    const std::size_t cut = continued_at(piece);
    more = cut != std::string_view::npos;
    piece = piece.substr(0, cut);
    for (std::size_t i = 0; i < piece.size(); ++i) line.places.push_back(line.end + i);
    line.text += piece;
    line.end = std::min(feed + 1, text.size());
    ++number;
  }
  return line;
}

bool is_include(std::string_view text) {
  constexpr std::string_view kInclude = "include";
  return begins_ignoring_case(text, kInclude) && text.size() > kInclude.size() &&
         is_blank(text[kInclude.size()]);
}

/// The pairs of one line; what is left where one does not begin.
class Pairs {
 public:
  explicit Pairs(const Line& line) : line_(line) {}

  void run(ConfText& into) {
    const std::size_t before = into.pairs.size();
    skip_blanks();
    if (is_include(rest())) {
      at_ += std::string_view("include").size();
      skip_blanks();
      into.includes.emplace_back(rest().substr(0, rest().find_last_not_of(" \t\r") + 1));
      return;
    }
    while (at_ < line_.text.size()) {
      ConfPair pair;
      if (!take(pair)) {
        into.unread.emplace_back(rest());
        break;
      }
      into.pairs.push_back(std::move(pair));
      skip_blanks();
    }
    const bool alone = into.pairs.size() == before + 1 && at_ == line_.text.size();
    for (std::size_t i = before; i < into.pairs.size(); ++i) into.pairs[i].is_alone = alone;
  }

 private:
  std::string_view rest() const { return std::string_view(line_.text).substr(at_); }
  void skip_blanks() {
    while (at_ < line_.text.size() && is_blank(line_.text[at_])) ++at_;
  }

  bool take(ConfPair& pair) {
    const std::size_t start = at_;
    while (at_ < line_.text.size() && is_key_character(line_.text[at_])) ++at_;
    pair.key = line_.text.substr(start, at_ - start);
    skip_blanks();
    if (!rest().empty() && std::string_view("-*+/").find(rest().front()) != std::string_view::npos) {
      pair.is_plain = false;
      ++at_;
    }
    if (pair.key.empty() || !rest().starts_with('=')) return give_up(start);
    ++at_;
    skip_blanks();
    std::size_t length = 0, behind = 0;
    if (rest().starts_with('"')) {
      ++at_;
      length = rest().find('"');
      if (length == std::string_view::npos) return give_up(start);
      behind = 1;
    } else {
      while (length < rest().size() && !is_blank(rest()[length])) ++length;
      if (length == 0) return give_up(start);
    }
    take_value(pair, length);
    at_ += length + behind;
    return at_ == line_.text.size() || is_blank(line_.text[at_]) || give_up(start);
  }

  void take_value(ConfPair& pair, std::size_t length) {
    pair.value = rest().substr(0, length);
    pair.begin = at_ < line_.places.size() ? line_.places[at_] : line_.end;
    for (std::size_t i = 0; i < length; ++i)
      if (line_.places[at_ + i] != pair.begin + i) pair.is_plain = false;
    if (pair.value.find('\\') != std::string::npos) pair.is_plain = false;
    pair.line_begin = line_.begin;
    pair.line_end = line_.end;
    pair.line = line_.number;
  }

  bool give_up(std::size_t start) {
    at_ = start;
    return false;
  }

  const Line& line_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<const ConfPair*> ConfText::find(std::string_view key) const {
  std::vector<const ConfPair*> found;
  for (const ConfPair& pair : pairs)
    if (equal_ignoring_case(pair.key, key)) found.push_back(&pair);
  return found;
}

ConfText read_conf_text(std::string_view text) {
  ConfText conf;
  int number = 1;
  for (std::size_t at = 0; at < text.size();) {
    const Line line = take_line(text, at, number);
    const bool first = conf.pairs.empty() && conf.unread.empty() && conf.includes.empty();
    Pairs{line}.run(conf);
    if (first && !(conf.pairs.empty() && conf.unread.empty() && conf.includes.empty()))
      conf.first_line = line.begin;
    at = line.end;
  }
  return conf;
}

}  // namespace foreshape
