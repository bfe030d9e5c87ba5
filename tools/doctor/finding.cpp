// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/doctor/finding.h"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <nlohmann/json.hpp>

#include "predictor/base/enum_names.h"
#include "predictor/base/text.h"
#include "tools/cli/columns.h"

namespace foreshape {
namespace {

std::size_t count_of(const Findings& findings, Severity severity) {
  return static_cast<std::size_t>(std::ranges::count(findings, severity, &Finding::severity));
}

std::string counted(std::size_t count, const char* noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace

int exit_code_of(const Findings& findings) {
  if (count_of(findings, Severity::error) > 0) return kUnhealthy;
  return count_of(findings, Severity::warning) > 0 ? kWarned : kDone;
}

const char* severity_name(Severity severity) {
  static constexpr EnumNames<Severity, Severity::error> kNames{"ok", "note", "warning", "error"};
  return kNames.of(severity);
}

void append(Findings& findings, Findings more) { std::ranges::move(more, std::back_inserter(findings)); }

std::string findings_text(const Findings& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += fmt::format("{:<8} {:<9} {}\n", severity_name(finding.severity), finding.group,
                        harmless(finding.what));
    if (!finding.why.empty()) text += fmt::format("{:>18} {}\n", "why:", harmless(finding.why));
    if (!finding.cure.empty()) text += fmt::format("{:>18} {}\n", "cure:", harmless(finding.cure));
  }
  return text + fmt::format("\n{}, {}, {}, {} ok\n", counted(count_of(findings, Severity::error), "error"),
                            counted(count_of(findings, Severity::warning), "warning"),
                            counted(count_of(findings, Severity::note), "note"),
                            count_of(findings, Severity::ok));
}

std::string findings_bars(const Findings& findings) {
  std::string text = bars_row({"severity", "group", "what", "why", "cure"});
  for (const Finding& finding : findings)
    text +=
        bars_row({severity_name(finding.severity), finding.group, finding.what, finding.why, finding.cure});
  return text;
}

std::string findings_json(const Findings& findings) {
  using Json = nlohmann::json;
  Json list = Json::array();
  for (const Finding& finding : findings)
    list.push_back({{"severity", severity_name(finding.severity)},
                    {"group", finding.group},
                    {"what", harmless(finding.what)},
                    {"why", harmless(finding.why)},
                    {"cure", harmless(finding.cure)}});
  const Json out = {{"version", 1},
                    {"program", version_text()},
                    {"exit_code", exit_code_of(findings)},
                    {"findings", std::move(list)}};
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace foreshape
