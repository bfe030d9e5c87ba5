// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The tag by which a submission is known again in its job's admin comment.
//
// Runs in: slurmctld and offline.
// Threads: pure functions.

#include <array>
#include <cstdint>
#include <string_view>

namespace foreshape {

/// "foreshape=<16 hex digits>" with a NUL behind it.
using TokenTag = std::array<char, 27>;

TokenTag token_tag(std::uint64_t token);

/// The token in an admin comment, wherever it stands in it; 0 if there is none. Of several the last: the
/// plugin appends its own, and one before it may be a text of a user's that another plugin copied there.
std::uint64_t tagged_token(std::string_view admin_comment);

/// What stands behind that tag; "" where there is none.
std::string_view behind_tag(std::string_view admin_comment);

}  // namespace foreshape
