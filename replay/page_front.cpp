// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/page_front.h"

#include <fmt/format.h>

#include "replay/html/html_text.h"

namespace foreshape {
namespace {

std::string list_html(const PageList& list) {
  if (list.sentences.empty()) return {};
  std::string html;
  if (!list.heading.empty()) html += "<h3>" + html_escaped(list.heading) + "</h3>";
  html += "<ul>";
  for (const std::string& sentence : list.sentences) html += "<li>" + html_escaped(sentence) + "</li>";
  return html + "</ul>";
}

}  // namespace

std::string front_html(const PageFront& front) {
  std::string html = "<h1>" + html_escaped(front.title) + "</h1>";
  for (const std::string& sentence : front.about)
    html += R"(<p class="soft">)" + html_escaped(sentence) + "</p>";
  if (!front.cards.empty()) html += R"(<div class="cards" id="first">)";
  for (const PageCard& card : front.cards)
    html += html_card(html_escaped(card.figure), html_escaped(card.what));
  if (!front.cards.empty()) html += "</div>";
  for (const PageFinding& finding : front.findings) {
    html += "<h2>" + html_escaped(finding.policy) + "</h2>";
    for (const PageList& list : finding.lists) html += list_html(list);
  }
  return html;
}

std::string omissions_html(const PageFront& front) {
  if (front.omissions.empty()) return {};
  std::string html = R"(<section id="omissions"><h2>What this leaves out</h2>)";
  for (const PageList& list : front.omissions) html += list_html(list);
  return html + "</section>";
}

std::string origin_html(const PageFront& front) {
  return fmt::format(
      R"(<section id="origin"><h2>How this page was made</h2><p class="soft">{}, {}, by</p><p class="soft"><code>{}</code></p></section>)",
      html_escaped(front.version), html_escaped(front.made_at), html_escaped(front.command));
}

}  // namespace foreshape
