#include "slurm-plugin/job_request.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string_view>

#include "slurm-plugin/tres_text.h"

namespace foreshape {
namespace {

std::string_view bounded(const char* text, std::size_t most = kMaxTextBytes) {
  if (text == nullptr) return {};
  return {text, strnlen(text, most)};
}

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

std::optional<std::uint32_t> said(std::uint32_t value) {
  if (value == 0 || value == NO_VAL || value == INFINITE) return std::nullopt;
  return value;
}
std::optional<std::uint32_t> said(std::uint16_t value) {
  if (value == 0 || value == NO_VAL16 || value == INFINITE16) return std::nullopt;
  return value;
}

std::uint32_t saturated(std::uint64_t value) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(value, UINT32_MAX));
}

std::optional<std::uint32_t> asked_tasks(const job_desc_msg_t& job) {
  if (const auto tasks = said(job.num_tasks)) return tasks;
  const auto per_node = said(job.ntasks_per_node);
  if (!per_node) return std::nullopt;
  return saturated(std::uint64_t{*per_node} * said(job.min_nodes).value_or(1));
}

/// min_cpus, or what tasks and cpus for each task need if that is more: srun leaves the product to Slurm.
std::optional<std::uint32_t> asked_cpus(const job_desc_msg_t& job, std::optional<std::uint32_t> tasks) {
  const auto cpus = said(job.min_cpus);
  const auto per_task = said(job.cpus_per_task);
  if (!per_task) return cpus;
  return std::max(cpus.value_or(0), saturated(std::uint64_t{*per_task} * tasks.value_or(1)));
}

std::optional<std::uint32_t> asked_gpus(const job_desc_msg_t& job, std::uint32_t nodes, std::uint32_t tasks) {
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

TextHash hash_of_gres(const job_desc_msg_t& job) {
  TextsHash hash;
  for (const char* tres : {job.tres_per_job, job.tres_per_node, job.tres_per_socket, job.tres_per_task})
    hash.add(bounded(tres));
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

/// foreshape=off as a word of its own, so that a comment that merely mentions it in another does not count.
bool says_off(std::string_view comment) {
  constexpr std::string_view kWord = "foreshape=off";
  constexpr std::string_view kBetweenWords = " \t\n,;";
  const auto ends_word = [&](std::size_t at) {
    return at >= comment.size() || kBetweenWords.find(comment[at]) != std::string_view::npos;
  };
  for (auto at = comment.find(kWord); at != std::string_view::npos; at = comment.find(kWord, at + 1))
    if ((at == 0 || ends_word(at - 1)) && ends_word(at + kWord.size())) return true;
  return false;
}

void read_figures(const job_desc_msg_t& job, JobRequest& request) {
  request.nodes = said(job.min_nodes);
  request.tasks = asked_tasks(job);
  request.cpus = asked_cpus(job, request.tasks);
  const std::uint32_t nodes = request.nodes.value_or(1);
  request.memory_per_node_bytes = memory_per_node(job.pn_min_memory, request.least_cpus(), nodes);
  request.gpus = asked_gpus(job, nodes, request.tasks.value_or(1));
  if (const auto minutes = said(job.time_limit)) request.limit_s = std::int64_t{*minutes} * 60;
  request.array_tasks = array_tasks(bounded(job.array_inx, kMaxScriptBytes));
}

void read_hashes(const job_desc_msg_t& job, JobRequest& request) {
  const std::string_view script = bounded(job.script, kMaxScriptBytes);
  request.account = text_hash(bounded(job.account));
  request.partition = text_hash(bounded(job.partition));
  request.qos = text_hash(bounded(job.qos));
  request.name = folded_name_hash(bounded(job.name));
  request.script = hash_of_command(job, script);
  request.folder = text_hash(bounded(job.work_dir));
  request.gres = hash_of_gres(job);
  request.licences = text_hash(bounded(job.licenses));
  request.burst_buffer = hash_of_burst_buffer(job, script);
}

}  // namespace

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
