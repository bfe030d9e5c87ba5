// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/setup/marked_block.h"

namespace foreshape {
namespace {

constexpr std::string_view kBegin = "# begin of what foreshape setup wrote\n";
constexpr std::string_view kEnd = "# end of what foreshape setup wrote\n";

struct Block {
  std::size_t begin = std::string_view::npos, end = 0;  // with its marks
};

Block find_block(std::string_view text) {
  Block block;
  const std::size_t begin = text.starts_with(kBegin) ? 0 : text.find("\n" + std::string(kBegin));
  if (begin == std::string_view::npos) return block;
  const std::size_t end = text.find(kEnd, begin);
  if (end == std::string_view::npos) return block;
  block.begin = text.starts_with(kBegin) ? 0 : begin + 1;
  block.end = end + kEnd.size();
  return block;
}

}  // namespace

std::string block_in(std::string_view text) {
  const Block block = find_block(text);
  if (block.begin == std::string_view::npos) return "";
  const std::size_t begin = block.begin + kBegin.size();
  return std::string(text.substr(begin, block.end - kEnd.size() - begin));
}

std::string with_block(std::string_view text, std::string_view lines, BlockPlace place) {
  const Block block = find_block(text);
  std::string made;
  if (!lines.empty()) made.append(kBegin).append(lines).append(kEnd);
  if (block.begin != std::string_view::npos)
    return std::string(text.substr(0, block.begin)) + made + std::string(text.substr(block.end));
  if (made.empty()) return std::string(text);
  if (place == BlockPlace::first) return made + std::string(text);
  const bool unfinished = !text.empty() && text.back() != '\n';
  return std::string(text) + (unfinished ? "\n" : "") + made;
}

}  // namespace foreshape
