// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/replay/load_options.h"

#include <string>

#include "predictor/config/units.h"
#include "tools/cli/time_options.h"

namespace foreshape {
namespace {

/// --nodes and what belongs to it.
Result<void> set_machine(const ParsedOptions& parsed, LoadOptions& options) {
  const bool whole = parsed.has("whole-node");
  if (!parsed.has("nodes")) {
    if (whole || parsed.has("shared") || parsed.has("memory-per-node"))
      return failure(ErrorCode::invalid_input, "--whole-node, --shared and --memory-per-node need --nodes");
    if (!parsed.has("procs")) return {};
    options.procs = parsed.values["procs"].as<std::int32_t>();
    if (options.procs < 1) return failure(ErrorCode::invalid_input, "--procs is below 1");
    return {};
  }
  if (parsed.has("procs")) return failure(ErrorCode::invalid_input, "--procs and --nodes exclude each other");
  if (whole && parsed.has("shared"))
    return failure(ErrorCode::invalid_input, "--whole-node and --shared exclude each other");
  Cluster& cluster = options.cluster;
  cluster.nodes = parsed.values["nodes"].as<std::int32_t>();
  cluster.cores_per_node = parsed.values["cores-per-node"].as<std::int32_t>();
  const std::int64_t cores = std::int64_t{cluster.nodes} * cluster.cores_per_node;
  if (cluster.nodes < 1 || cluster.cores_per_node < 1 || cores > INT32_MAX)
    return failure(ErrorCode::invalid_input, "--nodes x --cores-per-node: not a machine");
  if (parsed.has("memory-per-node")) {
    const auto memory = parse_size(parsed.text("memory-per-node"));
    if (!memory || *memory < 1)
      return failure(ErrorCode::invalid_input, "--memory-per-node: a size with a unit, as in 64G");
    cluster.memory_per_node = *memory;
  }
  options.sharing = whole ? Sharing::whole_nodes : Sharing::shared;
  return {};
}

}  // namespace

void add_load_options(po::options_description& options) {
  const OptionRow rows[] = {
      {"procs", number_value<std::int32_t>("N"),
       "processors of the machine as one pool (default: the trace's header)"},
      {"default-limit", text_value("TIME"),
       "requested time of jobs that requested none (default: they are left out)"},
      {"nodes,N", number_value<std::int32_t>("N"),
       "simulate nodes and where jobs are placed on them (default: one pool of the processors that the "
       "trace's header says)"},
      {"cores-per-node", number_value<std::int32_t>("N", 1), "with --nodes"},
      {"memory-per-node", text_value("SIZE"),
       "with --nodes: jobs also need the memory that they requested, as in 64G"},
      {"shared", flag(), "with --nodes: jobs share nodes (default)"},
      {"whole-node", flag(), "with --nodes: a node belongs to one job"},
      {"strict", flag(), "stop at the first bad line or field of a trace"},
  };
  add_time_options(options, "leave out submissions before this time",
                   "leave out submissions at or after this time");
  add_options(options, rows);
}

Result<LoadOptions> load_options_of(const ParsedOptions& parsed) {
  LoadOptions options;
  options.strict = parsed.has("strict");
  if (parsed.has("default-limit")) {
    const auto limit = parse_duration(parsed.text("default-limit"), PlainNumber::minutes);
    if (!limit || *limit < 1)
      return failure(ErrorCode::invalid_input,
                     "--default-limit: a time as Slurm takes it, as in 60 or 1-00:00:00");
    options.default_limit_s = *limit;
  }
  if (const auto machine = set_machine(parsed, options); !machine)
    return tl::make_unexpected(machine.error());
  const auto span = time_span(parsed, SystemClock{}.now_s());
  if (!span) return tl::make_unexpected(span.error());
  options.from_s = span->start_s.value_or(0);
  options.to_s = span->end_s.value_or(0);
  return options;
}

}  // namespace foreshape
