// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/job_request.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "slurm-plugin/slurm/slurm_field.h"
#include "slurm-plugin/slurm/tres_text.h"

namespace foreshape {
namespace {

/// Hash of several texts in order, without joining them.
class TextsHash {
 public:
  void add(std::string_view text) {
    if (text.empty()) return;
    state_ = {checksum(state_.data(), sizeof state_), checksum(text.data(), text.size())};
    any_ = true;
  }
  TextHash value() const {
    if (!any_) return 0;
    return std::max<TextHash>(1, static_cast<TextHash>(checksum(state_.data(), sizeof state_)));
  }

 private:
  std::array<std::uint64_t, 2> state_{};
  bool any_ = false;
};

std::uint32_t saturated(std::uint64_t value) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(value, UINT32_MAX));
}

std::optional<std::uint32_t> requested_tasks(const job_desc_msg_t& job) {
  if (const auto tasks = if_set(job.num_tasks)) return tasks;
  const auto per_node = if_set(job.ntasks_per_node);
  if (!per_node) return std::nullopt;
  return saturated(std::uint64_t{*per_node} * if_set(job.min_nodes).value_or(1));
}

/// min_cpus, or what tasks and gpus with their cpus for each need if that is more: srun leaves the product to
/// Slurm.
std::optional<std::uint32_t> requested_cpus(const job_desc_msg_t& job, std::optional<std::uint32_t> tasks,
                                            std::optional<std::uint32_t> gpus) {
  auto cpus = if_set(job.min_cpus);
  const auto at_least = [&cpus](std::uint64_t each, std::uint32_t times) {
    cpus = std::max(cpus.value_or(0), saturated(each * times));
  };
  auto per_task = if_set(job.cpus_per_task);
  if (!per_task) per_task = cpu_count(bounded(job.tres_per_task));
  if (per_task) at_least(*per_task, tasks.value_or(1));
  if (const auto each = per_gpu(bounded(job.cpus_per_tres)); each && gpus) at_least(*each, *gpus);
  return cpus;
}

/// --mem, --mem-per-cpu, or --mem-per-gpu times the gpus of a node.
std::optional<std::int64_t> requested_memory(const job_desc_msg_t& job, const JobRequest& request) {
  const std::uint32_t nodes = std::max(request.nodes.value_or(1), 1U);
  if (const auto memory = memory_per_node(job.pn_min_memory, request.least_cpus(), nodes)) return memory;
  const auto each = per_gpu(bounded(job.mem_per_tres));
  if (!each || !request.gpus) return std::nullopt;
  const std::uint64_t gpus_per_node = (std::uint64_t{*request.gpus} + nodes - 1) / nodes;
  constexpr std::uint64_t kMaxMiB = 1ULL << 42U;  // as memory_per_node(): 4 EiB is nobody's node
  return memory_per_node(std::min(*each * gpus_per_node, kMaxMiB), 1, 1);
}

std::optional<std::uint32_t> requested_gpus(const job_desc_msg_t& job, std::uint32_t nodes,
                                            std::uint32_t tasks) {
  std::optional<std::uint64_t> gpus;
  const auto add = [&](const char* tres, std::uint64_t times) {
    if (const auto each = gpu_count(bounded(tres))) gpus = gpus.value_or(0) + *each * times;
  };
  add(job.tres_per_job, 1);
  // --gpus with --gpus-per-node or per task says the same gpus twice: the total counts.
  if (!gpus) add(job.tres_per_node, nodes);
  if (!gpus) add(job.tres_per_task, tasks);
  if (!gpus) add(job.tres_per_socket, nodes);
  if (!gpus) return std::nullopt;
  return saturated(*gpus);
}

/// As written, which is what past submissions have; cpus among it are a figure of their own.
void add_gres(TextsHash& hash, std::string_view tres) {
  if (!cpu_count(tres)) return hash.add(tres);
  for_each_gres(tres, [&hash](std::string_view resource) { hash.add(resource); });
}

TextHash hash_of_gres(const job_desc_msg_t& job) {
  TextsHash hash;
  for (const char* tres : {job.tres_per_job, job.tres_per_node, job.tres_per_socket, job.tres_per_task})
    add_gres(hash, bounded(tres));
  return hash.value();
}

TextHash hash_of_command(const job_desc_msg_t& job, std::string_view script) {
  TextsHash hash;
  hash.add(script);
  for (std::size_t i = 0; job.argv != nullptr && i < std::min<std::size_t>(job.argc, kMaxArguments); ++i) {
    if (job.argv[i] == nullptr) break;
    hash.add(bounded(job.argv[i]));
  }
  return hash.value();
}

/// --bb of srun and salloc, or the directives among a script's first comment lines, where Slurm looks too.
TextHash hash_of_burst_buffer(const job_desc_msg_t& job, std::string_view script) {
  TextsHash hash;
  hash.add(bounded(job.burst_buffer));
  while (!script.empty() && script.front() == '#') {
    const std::string_view line = script.substr(0, script.find('\n'));
    if (line.substr(0, 3) == "#BB" || line.substr(0, 3) == "#DW") hash.add(line);
    script.remove_prefix(std::min(line.size() + 1, script.size()));
  }
  return hash.value();
}

void read_figures(const job_desc_msg_t& job, JobRequest& request) {
  request.nodes = if_set(job.min_nodes);
  request.tasks = requested_tasks(job);
  request.gpus = requested_gpus(job, request.nodes.value_or(1), request.tasks.value_or(1));
  request.cpus = requested_cpus(job, request.tasks, request.gpus);
  request.memory_per_node_bytes = requested_memory(job, request);
  if (const auto minutes = if_set(job.time_limit)) request.limit_s = std::int64_t{*minutes} * 60;
  request.array_tasks = array_tasks(bounded(job.array_inx, kMaxScriptBytes));
}

void read_hashes(const job_desc_msg_t& job, JobRequest& request) {
  const std::string_view script = bounded(job.script, kMaxScriptBytes);
  request.account = text_hash(bounded(job.account));
  request.name = folded_name_hash(bounded(job.name));
  request.script = hash_of_command(job, script);
  request.work_dir = text_hash(bounded(job.work_dir));
  request.gres = hash_of_gres(job);
  request.licenses = text_hash(bounded(job.licenses));
  request.burst_buffer = hash_of_burst_buffer(job, script);
}

/// Accounting has the one partition in which the job ran: of a list the first is the likeliest.
void read_places(const job_desc_msg_t& job, SubmittedJob& submitted) {
  submitted.partitions = listed_names(bounded(job.partition));
  submitted.qoses = listed_names(bounded(job.qos));
  submitted.request.partition = submitted.partitions.hashes[0];
  submitted.request.qos = submitted.qoses.hashes[0];
}

bool has_word(std::string_view text, std::string_view word) {
  constexpr std::string_view kBetweenWords = " \t\n,;";
  const auto ends_word = [&](std::size_t at) {
    return at >= text.size() || kBetweenWords.find(text[at]) != std::string_view::npos;
  };
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1))
    if ((at == 0 || ends_word(at - 1)) && ends_word(at + word.size())) return true;
  return false;
}

}  // namespace

ListedNames listed_names(std::string_view list) {
  ListedNames names;
  while (!list.empty() && names.count < names.hashes.size()) {
    const auto comma = list.find(',');
    if (const TextHash hash = text_hash(list.substr(0, comma)); hash != 0)
      names.hashes.at(names.count++) = hash;
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return names;
}

bool may_be_requeued(const job_desc_msg_t& job, bool by_default) {
  return job.requeue == NO_VAL16 ? by_default : job.requeue == 1;
}

bool says_off(std::string_view comment) { return has_word(comment, "foreshape=off"); }
bool says_trial(std::string_view comment) { return has_word(comment, "foreshape=trial"); }

std::optional<std::int64_t> memory_per_node(std::uint64_t slurm_mib, std::uint32_t cpus,
                                            std::uint32_t nodes) {
  const std::uint64_t mebibytes = slurm_mib & ~static_cast<std::uint64_t>(MEM_PER_CPU);
  if (mebibytes == 0 || slurm_mib == NO_VAL64 || slurm_mib == INFINITE64) return std::nullopt;
  const bool per_cpu = mebibytes != slurm_mib;
  const std::uint64_t some_nodes = std::max(nodes, 1U);
  const std::uint64_t cpus_per_node = std::max<std::uint64_t>((cpus + some_nodes - 1) / some_nodes, 1);
  constexpr double kMaxBytes = 1e18;
  const double bytes =
      static_cast<double>(mebibytes) * 1048576.0 * static_cast<double>(per_cpu ? cpus_per_node : 1);
  return static_cast<std::int64_t>(std::min(bytes, kMaxBytes));
}

SubmittedJob submitted_job(const job_desc_msg_t& job, UserId submitter, UnixSeconds now_s) {
  SubmittedJob submitted;
  submitted.request.submit_s = now_s;
  submitted.request.uid = job.user_id != NO_VAL ? job.user_id : submitter;
  read_figures(job, submitted.request);
  read_hashes(job, submitted.request);
  read_places(job, submitted);
  submitted.says_limit = job.time_limit != NO_VAL;
  submitted.says_memory = job.pn_min_memory != NO_VAL64 || !bounded(job.mem_per_tres).empty();
  submitted.request.interactive = job.script == nullptr && job.script_buf == nullptr;
  submitted.request.has_dependency = job.dependency != nullptr && job.dependency[0] != '\0';
  submitted.account.assign(bounded(job.account));
  submitted.partition.assign(bounded(job.partition));
  submitted.qos.assign(bounded(job.qos));
  submitted.name.assign(bounded(job.name));
  submitted.opted_out = says_off(bounded(job.comment));
  return submitted;
}

}  // namespace foreshape
