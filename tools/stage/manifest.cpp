// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/manifest.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <iterator>
#include <limits>
#include <string_view>
#include <vector>

#include "predictor/base/hash.h"
#include "tools/stage/small_file.h"

namespace foreshape {
namespace {

constexpr std::string_view kManifestTitle = "foreshape-stage 1";

std::string entry_text(const TreeEntry& entry) {
  std::string line = fmt::format("{} {:o} {} {} {} {:x} {}", static_cast<char>(entry.kind), entry.mode,
                                 entry.bytes, entry.modified_ns, entry.changed_ns, entry.checksum,
                                 entry.name.empty() ? "." : escaped(entry.name));
  if (entry.kind == TreeEntry::Kind::link) line += " " + escaped(entry.target);
  return line + "\n";
}

std::string end_text(std::string_view above, std::size_t entries) {
  return fmt::format("end {} {:x}\n", entries, checksum(above.data(), above.size()));
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const std::size_t blank = std::min(line.find(' '), line.size());
    words.push_back(line.substr(0, blank));
    line.remove_prefix(std::min(blank + 1, line.size()));
  }
  return words;
}

template <class Number>
bool take(std::string_view word, Number& number, int base = 10) {
  const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), number, base);
  return problem == std::errc{} && end == word.data() + word.size();
}

bool take_text(std::string_view word, std::string& text) {
  auto plain = unescaped(word);
  if (plain) text = std::move(*plain);
  return plain.has_value();
}

std::optional<TreeEntry> entry_in(std::string_view line) {
  const auto words = words_of(line);
  if (words.size() < 7 || words[0].size() != 1) return std::nullopt;
  TreeEntry entry;
  entry.kind = static_cast<TreeEntry::Kind>(words[0][0]);
  const bool is_link = entry.kind == TreeEntry::Kind::link;
  if (!is_link && entry.kind != TreeEntry::Kind::file && entry.kind != TreeEntry::Kind::directory)
    return std::nullopt;
  const bool fine = words.size() == (is_link ? 8U : 7U) && take(words[1], entry.mode, 8) &&
                    take(words[2], entry.bytes) && take(words[3], entry.modified_ns) &&
                    take(words[4], entry.changed_ns) && take(words[5], entry.checksum, 16) &&
                    take_text(words[6], entry.name) && (!is_link || take_text(words[7], entry.target));
  if (!fine || entry.bytes < 0) return std::nullopt;
  if (entry.name == ".") entry.name.clear();
  return entry;
}

/// Takes lines off a text, counting them.
class Lines {
 public:
  explicit Lines(std::string_view text) : left_(text) {}
  std::string_view next() {
    ++number_;
    const std::size_t end = std::min(left_.find('\n'), left_.size());
    const std::string_view line = left_.substr(0, end);
    left_.remove_prefix(std::min(end + 1, left_.size()));
    return line;
  }
  tl::unexpected<Error> refuse(const char* cause) const {
    return failure(ErrorCode::corrupt, fmt::format("manifest line {}: {}", number_, cause));
  }

 private:
  std::string_view left_;
  int number_ = 0;
};

bool take_field(std::string_view line, std::string_view name, std::string_view& value) {
  if (!line.starts_with(name)) return false;
  value = line.substr(name.size());
  return true;
}

Result<void> take_entries(Lines& lines, TreeListing& tree, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    auto entry = entry_in(lines.next());
    if (!entry || entry->bytes > std::numeric_limits<std::int64_t>::max() - tree.bytes)
      return lines.refuse("not an entry");
    tree.bytes += entry->bytes;
    tree.changed_ns = std::max(tree.changed_ns, entry->changed_ns);
    tree.entries.push_back(std::move(*entry));
  }
  return {};
}

/// How many entries the last line says that there are; nullopt where it is not there or does not agree with
/// what is above it.
std::optional<std::size_t> sealed_entries(std::string_view text) {
  if (text.size() < 2 || text.back() != '\n') return std::nullopt;
  const std::size_t begin = text.rfind('\n', text.size() - 2);
  if (begin == std::string_view::npos) return std::nullopt;
  const std::string_view above = text.substr(0, begin + 1);
  const auto entries = static_cast<std::size_t>(std::count(above.begin(), above.end(), '\n'));
  if (entries < 3 || text.substr(begin + 1) != end_text(above, entries - 3)) return std::nullopt;
  return entries - 3;
}

}  // namespace

std::string escaped(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7F || c == '%')
      fmt::format_to(std::back_inserter(safe), "%{:02X}", byte);
    else
      safe += c;
  }
  return safe;
}

std::optional<std::string> unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    unsigned byte = 0;
    if (text.size() - i < 3 || !take(text.substr(i + 1, 2), byte, 16)) return std::nullopt;
    plain += static_cast<char>(byte);
    i += 2;
  }
  return plain;
}

std::string manifest_text(const Manifest& manifest) {
  std::string text =
      fmt::format("{}\nsource {}\nstaged {}\n", kManifestTitle, escaped(manifest.source), manifest.staged_s);
  for (const TreeEntry& entry : manifest.tree.entries) text += entry_text(entry);
  return text + end_text(text, manifest.tree.entries.size());
}

Result<Manifest> read_manifest(int copy) {
  return read_small_file(copy, "manifest", kMaxManifestBytes).and_then(parse_manifest);
}

Result<Manifest> parse_manifest(const std::string& text) {
  const auto count = sealed_entries(text);
  if (!count) return failure(ErrorCode::corrupt, "manifest: not whole, or changed");
  Lines lines{text};
  Manifest manifest;
  std::string_view value;
  if (lines.next() != kManifestTitle) return lines.refuse("of another version");
  if (!take_field(lines.next(), "source ", value) || !take_text(value, manifest.source))
    return lines.refuse("no source");
  if (!take_field(lines.next(), "staged ", value) || !take(value, manifest.staged_s))
    return lines.refuse("no time");
  if (auto taken = take_entries(lines, manifest.tree, *count); !taken)
    return tl::make_unexpected(taken.error());
  return manifest;
}

}  // namespace foreshape
