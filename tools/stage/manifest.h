// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What lies beside a copy and says what it is a copy of: a text, one line for each file.
//
//   foreshape-stage 1
//   source /project/alice/input%20set
//   staged 1790000000
//   <kind> <mode> <bytes> <mtime ns> <ctime ns> <checksum or -> <name> [<target>]
//   end <number of entries> <checksum of all lines above, hex>
//
// Bytes that are no printable ASCII, blanks and % are written %XX; the tree's root is ".". Times are the source's.
//
// Runs in: offline.
// Threads: plain values and pure functions.

#include <optional>
#include <string>
#include <string_view>

#include "predictor/base/clock.h"
#include "predictor/base/result.h"
#include "tools/stage/tree_listing.h"

namespace foreshape {

struct Manifest {
  std::string source;
  UnixSeconds staged_s = 0;
  TreeListing tree;
};

/// Larger ones are neither written nor read: 100,000 names of 600 bytes.
inline constexpr std::size_t kMaxManifestBytes = std::size_t{64} << 20;

std::string manifest_text(const Manifest& manifest);

/// Errors: corrupt - it is not whole, of another version, or was changed; the message has the line.
Result<Manifest> parse_manifest(const std::string& text);

/// Of an open copy. Errors: those of read_small_file() and parse_manifest().
Result<Manifest> read_manifest(int copy);

/// The text with its special bytes as %XX, and back; nullopt where a %XX is broken.
std::string escaped(const std::string& text);
std::optional<std::string> unescaped(std::string_view text);

}  // namespace foreshape
