// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/memory_lever.h"

#include <algorithm>
#include <cstdint>

#include "predictor/base/memory_mark.h"
#include "slurm-plugin/slurm/slurm_field.h"

namespace foreshape {
namespace {

// The tag, the mark, and what is added to it while the job waits and when it is given back.
constexpr std::size_t kMarkRoom = 128;
static_assert(std::tuple_size_v<MarkedTag> < kMarkRoom);

bool is_unsaid(const char* text) { return text == nullptr || text[0] == '\0'; }

bool requests_one_figure_a_node(const job_desc_msg_t& job) {
  constexpr std::uint64_t kMaxMib = 1ULL << 42U;
  // Above it are the MEM_PER_CPU bit, NO_VAL64 and INFINITE64.
  return job.pn_min_memory > 0 && job.pn_min_memory < kMaxMib && is_unsaid(job.mem_per_tres);
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

bool may_shape_memory(const job_desc_msg_t& job, const SubmittedJob& submitted, const SiteFacts& facts) {
  if (submitted.opted_out || job.script == nullptr || !may_be_requeued(job, facts.requeues_by_default))
    return false;
  if (!requests_one_figure_a_node(job) || job.shared != NO_VAL16) return false;
  if (!is_unsaid(job.array_inx) || job.het_job_offset != NO_VAL || !is_unsaid(job.clusters)) return false;
  if (bounded(job.admin_comment).size() + kMarkRoom >= kMaxTextBytes) return false;
  return keep_figures_per_node(submitted.partitions, facts) &&
         !minds_memory(bounded(job.script, kMaxScriptBytes));
}

}  // namespace foreshape
