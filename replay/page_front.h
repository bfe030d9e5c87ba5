// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a page of replays says in words: what was found, at its beginning; and how the page came about.
//
// Runs in: offline.
// Threads: pure functions.

#include <string>
#include <vector>

namespace foreshape {

/// A figure in large letters, and what it is.
struct PageCard {
  std::string figure, what;
};

/// Sentences under a heading. heading: "" = none.
struct PageList {
  std::string heading;
  std::vector<std::string> sentences;
};

/// Sentences about one policy.
struct PageFinding {
  std::string policy;
  std::vector<PageList> lists;
};

/// Plain texts, escaped where they enter the page.
struct PageFront {
  std::string title;
  std::vector<std::string> about;     ///< which jobs, on which machine
  std::vector<PageCard> cards;        ///< the first is the mean wait before and after
  std::vector<PageFinding> findings;  ///< in the order in which they are read
  std::vector<PageList> omissions;    ///< what was not modelled, what was not replayed
  std::string version;                ///< of the program
  std::string made_at;                ///< date and time
  std::string command;                ///< as it was typed
};

/// What the page begins with, as HTML: figures and sentences.
std::string front_html(const PageFront& front);

/// What was left out: behind the sentences that it limits, or at the end of a page that has none.
std::string omissions_html(const PageFront& front);

/// Version, date and command, for the end of the page.
std::string origin_html(const PageFront& front);

}  // namespace foreshape
