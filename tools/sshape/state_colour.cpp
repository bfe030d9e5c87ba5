// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/state_colour.h"

#include <algorithm>
#include <array>
#include <utility>

#include "tools/cli/state_names.h"

namespace foreshape {
namespace {

/// CANCELLED has none: that somebody ended a job is neither good nor bad.
constexpr auto kStateColours = std::to_array<std::pair<std::string_view, CellColour>>({
    {"CD", CellColour::green},
    {"R", CellColour::cyan},
    {"PD", CellColour::yellow},
    {"F", CellColour::red},
    {"TO", CellColour::red},
    {"OOM", CellColour::red},
    {"NF", CellColour::red},
    {"BF", CellColour::red},
    {"DL", CellColour::red},
    {"PR", CellColour::yellow},
    {"RQ", CellColour::yellow},
});

}  // namespace

std::optional<ColourWhen> parse_colour(std::string_view word) {
  if (word == "auto") return ColourWhen::automatic;
  if (word == "always") return ColourWhen::always;
  if (word == "never") return ColourWhen::never;
  return std::nullopt;
}

bool wants_colour(ColourWhen when, bool is_terminal, const char* no_color, const char* term) {
  if (when != ColourWhen::automatic) return when == ColourWhen::always;
  const bool is_refused = no_color != nullptr && *no_color != '\0';
  const bool is_capable = term != nullptr && *term != '\0' && std::string_view(term) != "dumb";
  return is_terminal && is_capable && !is_refused;
}

CellColour state_colour(std::string_view field, std::string_view text) {
  if (field == "Outcome")
    return text.starts_with("hit") ? CellColour::green : text == "miss" ? CellColour::red : CellColour::none;
  if (field != "State" && field != "ST") return CellColour::none;
  const std::string_view letters = field == "State" ? state_letters(text) : text;
  const auto* found = std::find_if(kStateColours.begin(), kStateColours.end(),
                                   [&](const auto& state) { return state.first == letters; });
  return found == kStateColours.end() ? CellColour::none : found->second;
}

}  // namespace foreshape
