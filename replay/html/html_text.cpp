// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/html/html_text.h"

#include <fmt/format.h>

#include "predictor/base/text.h"
#include "replay/html/page_style.h"

namespace foreshape {

std::string html_escaped(std::string_view text) {
  std::string escaped;
  for (const char c : harmless(text)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string duration_text(double seconds) {
  if (seconds < 99.5) return fmt::format("{:.0f} s", seconds);
  if (seconds < 3'600) return fmt::format("{:.0f} min", seconds / 60);
  if (seconds < 48 * 3'600) return fmt::format("{:.1f} h", seconds / 3'600);
  return fmt::format("{:.1f} d", seconds / 86'400);
}

std::string html_card(const std::string& figure, const std::string& what) {
  return fmt::format(R"(<div class="card"><b>{}</b><span>{}</span></div>)", figure, what);
}

std::string html_figure(const std::string& caption, const std::string& note, const std::string& content) {
  return fmt::format("<figure><figcaption>{}{}</figcaption>{}</figure>", caption,
                     note.empty() ? "" : "<br><small>" + note + "</small>", content);
}

std::string html_document(const std::string& title, const std::string& content, const std::string& made_by) {
  return fmt::format(
      R"(<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"><link rel="icon" href="data:,"><title>{}</title><style>{}</style></head><body><main>{}<footer>Made by {}. The page is complete in itself and opens offline.</footer></main></body></html>)"
      "\n",
      title, kPageStyle, content, made_by);
}

}  // namespace foreshape
