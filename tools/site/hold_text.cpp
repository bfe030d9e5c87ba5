// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/site/hold_text.h"

#include <cstdint>
#include <fmt/format.h>

#include "tools/site/json_fields.h"

namespace foreshape {

std::string hold_text(const nlohmann::json& status) {
  const auto number = [&status](const char* name) {
    return json_count(status, std::string("/holds/") + name);
  };
  const std::string mode = json_text(status, "/holds/mode");
  const auto pool = number("pool_nodes"), personal = number("personal_holds");
  if ((mode.empty() || mode == "off") && pool + personal == 0) return "off";
  const auto node_h = [&status](const char* name) {
    return static_cast<double>(json_number<std::int64_t>(status, std::string("/holds/") + name)) / 3600;
  };
  std::string text = fmt::format(
      "{}{} nodes in the pool, {} of them free; "
      "{} nodes in {} holds for one user each, {} of these after a job that runs; "
      "{} used, {} given back unused; {:.1f} node-hours idle in 24 hours, of {:.1f} at most; "
      "{} users foreseen by {}",
      mode == "dry-run" ? "imagined: " : "", pool, number("pool_free_nodes"), number("personal_nodes"),
      personal, number("chain_holds"), number("hits"), number("misses"), node_h("idle_node_s_today"),
      node_h("idle_cap_node_s"), number("foreseen_users"),
      json_text(status, "/holds/forecaster") == "model" ? "the network" : "the gaps between submissions");
  if (number("refused") > 0)
    text += fmt::format("; Slurm refused {}, at last: {}", number("refused"),
                        json_text(status, "/holds/last_refusal"));
  return text;
}

}  // namespace foreshape
