// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/site/trial_text.h"

#include <cstdint>
#include <fmt/format.h>

#include "tools/site/json_fields.h"

namespace foreshape {

std::string trial_text(const nlohmann::json& status) {
  const auto number = [&status](const char* name) {
    return json_number<std::uint64_t>(status, std::string("/trial/") + name);
  };
  const std::string mode = json_text(status, "/trial/mode");
  if ((mode.empty() || mode == "off") && number("open") == 0) return {};
  return fmt::format(
      "{} jobs started on trial: {} ended within it, {} ran on with their own limit, {} were queued again as "
      "they were{}; "
      "{} open; {:.1f} core-hours lost",
      number("started"), number("ended"), number("ran_on"), number("requeued"),
      number("rescued") > 0 ? fmt::format(" ({} after the trial's limit had ended them)", number("rescued"))
                            : "",
      number("open"), json_number<double>(status, "/trial/lost_core_h"));
}

}  // namespace foreshape
