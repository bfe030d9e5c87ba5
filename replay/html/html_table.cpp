// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/html/html_table.h"

#include <fmt/format.h>

namespace foreshape {
namespace {

// The roles say once more what the elements are: as blocks, on a phone, they would be tables no more.
std::string row_html(const HtmlTable& table, const std::vector<std::string>& row) {
  std::string html = fmt::format(R"(<tr role="row"><th scope="row" role="rowheader">{}</th>)", row.front());
  for (std::size_t i = 1; i < row.size(); ++i)
    html += fmt::format(R"(<td role="cell" data-label="{}">{}</td>)", table.columns.at(i), row[i]);
  return html + "</tr>";
}

}  // namespace

std::string html_table(const HtmlTable& table) {
  std::string html = fmt::format(
      R"(<table class="stack" role="table" data-table="{}"><caption>{}</caption><thead role="rowgroup"><tr role="row">)",
      table.name, table.caption);
  for (const std::string& column : table.columns)
    html += fmt::format(R"(<th scope="col" role="columnheader">{}</th>)", column);
  html += R"(</tr></thead><tbody role="rowgroup">)";
  for (const auto& row : table.rows) html += row_html(table, row);
  return html + "</tbody></table>";
}

}  // namespace foreshape
