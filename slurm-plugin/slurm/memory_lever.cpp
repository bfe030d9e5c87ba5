// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/memory_lever.h"

#include <algorithm>
#include <cstdint>

#include "predictor/base/memory_mark.h"
#include "slurm-plugin/slurm/slurm_field.h"

namespace foreshape {
namespace {

constexpr std::uint32_t kMaxCpusOfNode = 1U << 16U;
// The tag, the mark, and what is added to it while the job waits and when it is given back.
constexpr std::size_t kMarkBytes = 192;
static_assert(std::tuple_size_v<MarkedTag> < kMarkBytes);

bool is_unsaid(const char* text) { return text == nullptr || text[0] == '\0'; }

/// How many CPUs a request per CPU is for; nullopt where it may be spread over nodes, of which each has its part.
std::optional<std::uint32_t> cpus_on_one_node(const job_desc_msg_t& job, const JobRequest& request) {
  const bool is_one_task = request.tasks.value_or(1) == 1 && request.nodes.value_or(1) == 1;
  const bool is_on_one_node = if_set(job.max_nodes) == 1U && request.nodes.value_or(1) == 1;
  if (!is_one_task && !is_on_one_node) return std::nullopt;
  const std::uint32_t cpus = request.least_cpus();
  // --mincpus makes them more than anybody can foresee here.
  const bool is_known = if_set(job.pn_min_cpus).value_or(1) <= cpus && cpus <= kMaxCpusOfNode;
  return is_known ? std::optional(cpus) : std::nullopt;
}

/// Of one figure for a node, or for each CPU of the only one.
std::optional<MemoryRequest> requested_figure(const job_desc_msg_t& job, const JobRequest& request) {
  constexpr std::uint64_t kMaxMib = 1ULL << 42U;  // above it are the bit, NO_VAL64 and INFINITE64
  if (!is_unsaid(job.mem_per_tres)) return std::nullopt;
  std::uint32_t cpus = 0;
  std::uint64_t mib = job.pn_min_memory;
  if ((mib & MEM_PER_CPU) != 0 && mib != NO_VAL64 && mib != INFINITE64) {
    const auto all = cpus_on_one_node(job, request);
    if (!all) return std::nullopt;
    cpus = *all;
    mib &= ~MEM_PER_CPU;
    if (mib >= kMaxMib / cpus) return std::nullopt;
    mib *= cpus;
  }
  if (mib == 0 || mib >= kMaxMib) return std::nullopt;
  return MemoryRequest{static_cast<std::int64_t>(mib), cpus};
}

}  // namespace

bool keep_figures_per_node(const ListedNames& partitions, const SiteFacts& facts) {
  const auto keeps = [&facts](TextHash name) {
    const auto found = std::ranges::find(facts.partitions, name, &PartitionFacts::hash);
    return found != facts.partitions.end() && !found->limits_memory_per_cpu;
  };
  return partitions.count > 0 && !facts.limits_memory_per_cpu && std::ranges::all_of(partitions.all(), keeps);
}

bool minds_memory(std::string_view script) {
  if (script.size() >= kMaxScriptBytes || script.find("SLURM_MEM") != std::string_view::npos) return true;
  while (!script.empty()) {
    const std::size_t end = std::min(script.find('\n'), script.size());
    const std::string_view line = script.substr(0, end);
    script.remove_prefix(std::min(end + 1, script.size()));
    if (!line.starts_with('#') && line.find("--mem") != std::string_view::npos) return true;
  }
  return false;
}

std::optional<MemoryRequest> shapeable_memory(const job_desc_msg_t& job, const SubmittedJob& submitted,
                                              const SiteFacts& facts) {
  if (submitted.opted_out || job.script == nullptr || !may_be_requeued(job, facts.requeues_by_default))
    return std::nullopt;
  if (job.het_job_offset != NO_VAL || !is_unsaid(job.clusters)) return std::nullopt;
  const bool has_room = bounded(job.admin_comment).size() + kMarkBytes < kMaxTextBytes;
  if (!has_room || job.shared != NO_VAL16 || !keep_figures_per_node(submitted.partitions, facts))
    return std::nullopt;
  const auto requested = requested_figure(job, submitted.request);
  if (!requested || minds_memory(bounded(job.script, kMaxScriptBytes))) return std::nullopt;
  return requested;
}

std::int64_t whole_figures(std::int64_t mib, std::uint32_t cpus) {
  const std::int64_t each = std::max(cpus, 1U);
  return (mib + each - 1) / each * each;
}

}  // namespace foreshape
