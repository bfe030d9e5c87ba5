// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/replay/site_machine.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

#include "predictor/base/text.h"
#include "tools/cli/child_process.h"
#include "tools/cli/lists.h"
#include "tools/site/scontrol_lines.h"

namespace foreshape {
namespace {

constexpr std::int64_t kCpusMax = INT32_MAX;  // the replay's own
constexpr std::int64_t kYear_s = 366LL * 86'400;
constexpr std::int32_t kNodesMax = 128;

std::int64_t count_of(std::string_view line, std::string_view key) {
  const std::string_view text = pair_value(line, key);
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  return problem == std::errc{} && end == text.data() + text.size()
             ? std::clamp<std::int64_t>(value, 0, kCpusMax)
             : 0;
}

struct Node {
  std::int64_t cpus = 0, memory_mib = 0;
  std::set<std::string> partitions;
  bool is_up = true, has_gpus = false;
};

bool says(std::string_view text, std::string_view word) { return text.find(word) != std::string_view::npos; }

/// nullopt: no node that could run a job.
std::optional<Node> node_of(std::string_view line) {
  if (pair_value(line, "NodeName").empty()) return std::nullopt;
  Node node;
  node.cpus = count_of(line, "CPUEfctv");
  if (node.cpus == 0) node.cpus = count_of(line, "CPUTot");
  node.memory_mib = count_of(line, "RealMemory");
  const std::string_view state = pair_value(line, "State");
  node.is_up = !says(state, "DOWN") && !says(state, "DRAIN") && !says(state, "FAIL");
  node.has_gpus = says(pair_value(line, "Gres"), "gpu");
  for (const std::string& name : split_list(std::string(pair_value(line, "Partitions"))))
    node.partitions.insert(harmless(name));
  if (node.cpus == 0 || node.partitions.empty() || says(state, "FUTURE")) return std::nullopt;
  return node;
}

using Islands = std::vector<std::set<std::string>>;

/// The node's partitions share a node: what they were in becomes one.
void join(Islands& islands, const std::set<std::string>& partitions) {
  std::set<std::string> joined = partitions;
  std::erase_if(islands, [&](const std::set<std::string>& island) {
    const bool meets = std::any_of(island.begin(), island.end(),
                                   [&](const std::string& name) { return partitions.contains(name); });
    if (meets) joined.insert(island.begin(), island.end());
    return meets;
  });
  islands.push_back(std::move(joined));
}

void add(const Node& node, SiteMachine& machine) {
  const Cluster kind{0, static_cast<std::int32_t>(node.cpus), node.memory_mib << 20};
  if (machine.nodes == 0) machine.alike = kind;
  const bool same = machine.alike && machine.alike->cores_per_node == kind.cores_per_node &&
                    machine.alike->memory_per_node == kind.memory_per_node;
  if (!same) machine.alike.reset();
  ++machine.nodes;
  machine.cpus = std::min(machine.cpus + node.cpus, kCpusMax);
  machine.not_up += node.is_up ? 0 : 1;
  machine.has_gpus = machine.has_gpus || node.has_gpus;
}

}  // namespace

Result<SiteMachine> parse_site_machine(std::string_view nodes, const std::string& partition) {
  SiteMachine machine;
  Islands islands;
  std::set<std::string> known;
  for_each_line(nodes, [&](std::string_view line) {
    const auto node = node_of(line);
    if (!node) return;
    known.insert(node->partitions.begin(), node->partitions.end());
    if (!partition.empty() && !node->partitions.contains(partition)) return;
    join(islands, node->partitions);
    add(*node, machine);
  });
  if (known.empty())
    return failure(ErrorCode::not_found, "scontrol shows no node that belongs to a partition");
  if (machine.nodes == 0)
    return failure(ErrorCode::not_found, fmt::format("no node is in partition '{}'; there are {}",
                                                     harmless(partition), fmt::join(known, ", ")));
  if (machine.alike) machine.alike->nodes = machine.nodes;
  std::sort(islands.begin(), islands.end());
  for (const auto& island : islands) machine.islands.push_back(fmt::format("{}", fmt::join(island, ", ")));
  return machine;
}

Result<SiteMachine> ask_site_machine(const std::string& partition) {
  return output_of({"scontrol", "show", "node", "--oneliner"}).and_then([&](const std::string& nodes) {
    return parse_site_machine(nodes, partition);
  });
}

LoadOptions site_load_options(const SiteMachine& machine, const SiteSettings& settings) {
  LoadOptions options;
  options.default_limit_s = settings.unlimited_partitions.empty() && settings.longest_limit_s > 0
                                ? settings.longest_limit_s
                                : kYear_s;
  options.procs = static_cast<std::int32_t>(machine.cpus);
  if (!machine.alike) return options;
  const bool whole =
      settings.select_type == "select/linear" || (settings.partitions_known && !settings.shares_nodes);
  const bool memory_counts = settings.select_parameters.find("MEMORY") != std::string::npos;
  // One by one where something binds a job to nodes, and where that is quick: a pass looks at every node.
  if (!whole && (!memory_counts || machine.nodes > kNodesMax)) return options;
  options.sharing = whole ? Sharing::whole_nodes : Sharing::shared;
  options.cluster = *machine.alike;
  if (!memory_counts) options.cluster.memory_per_node = 0;
  return options;
}

}  // namespace foreshape
