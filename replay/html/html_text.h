// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Texts of a page: escaped, for people, and the parts that every page has.
//
// Runs in: offline.
// Threads: pure functions.

#include <string>
#include <string_view>

namespace foreshape {

/// The text with everything that means something in HTML replaced, and harmless(). Whatever a user wrote goes through this
/// once; all other parameters below are HTML already.
std::string html_escaped(std::string_view text);

/// "8 s", "12 min", "3.4 h", "2.1 d"
std::string duration_text(double seconds);

/// A figure in large letters, and what it is.
std::string html_card(const std::string& figure, const std::string& what);

/// A drawing or table with its caption. note: "" = none.
std::string html_figure(const std::string& caption, const std::string& note, const std::string& content);

/// The whole document: complete in itself, in the reader's light or dark, with a Content-Security-Policy that forbids
/// scripts and whatever would be fetched. made_by: the program, for the footer.
std::string html_document(const std::string& title, const std::string& content, const std::string& made_by);

}  // namespace foreshape
