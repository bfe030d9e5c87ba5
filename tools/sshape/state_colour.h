// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Colours of job states on a terminal.
//
// Runs in: offline.
// Threads: pure functions.

#include <optional>
#include <string_view>

#include "tools/cli/columns.h"

namespace foreshape {

enum class ColourWhen { automatic, always, never };

/// auto, always or never; nullopt for another word.
std::optional<ColourWhen> parse_colour(std::string_view word);

/// automatic: on a terminal that has colours, unless the user wants none anywhere.
/// no_color, term: those variables of the environment, nullptr = not set.
/// Source: no-color.org: NO_COLOR counts where it is not empty, and an option goes before it.
bool wants_colour(ColourWhen when, bool is_terminal, const char* no_color, const char* term);

/// The colour of a field's text, of a state by name or letters and of what became of a hold: green for what went
/// well, red for what failed, yellow for what waits, cyan for what runs; none of other fields and states.
CellColour state_colour(std::string_view field, std::string_view text);

}  // namespace foreshape
