// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Lines of ours in a file that is somebody else's: between two marks, so that they are found and taken out
// again.
//
// Runs in: offline.
// Threads: pure functions.

#include <string>
#include <string_view>

namespace foreshape {

enum class BlockPlace { first, last };

/// The text with the block instead of the one that it has; a new one comes first or last. lines: each ends in
/// a line feed; "" = no block. without it the text is what it was before (but for a missing line feed at its
/// end).
std::string with_block(std::string_view text, std::string_view lines, BlockPlace place);

/// The lines of the text's block; "" if it has none.
std::string block_in(std::string_view text);

}  // namespace foreshape
