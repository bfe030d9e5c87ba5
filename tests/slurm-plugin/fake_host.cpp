// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/slurm-plugin/fake_host.h"

#include <algorithm>
#include <atomic>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <utility>

#include "slurm-plugin/slurm/slurm_abi.h"
#include "slurm-plugin/slurm/slurm_release.h"

namespace foreshape {
namespace {

std::mutex log_mutex;  // guards log_lines
std::vector<std::string> log_lines;
std::atomic<int> xfree_calls{0};
std::vector<std::uint64_t> created_flags;

template <class Out, class JobId, class Flags>
JobId second_of(int (*)(Out, JobId, Flags));
/// How this release's header has a job named: by its number, or by a step_id.
using DeclaredJobId = decltype(second_of(&slurm_load_job));

void keep_line(const char* format, va_list arguments) {
  char line[4096];
  std::vsnprintf(line, sizeof line, format, arguments);
  const std::lock_guard lock(log_mutex);
  log_lines.emplace_back(line);
}

}  // namespace

job_desc_msg_t blank_descriptor() {
  job_desc_msg_t job;
  std::memset(&job, 0, sizeof job);
  job.user_id = job.group_id = job.num_tasks = job.time_limit = job.time_min = job_id_of(job) = NO_VAL;
  job.min_nodes = job.max_nodes = job.min_cpus = job.priority = job.site_factor = job.het_job_offset = NO_VAL;
  job.max_cpus = NO_VAL;
  job.cpus_per_task = job.ntasks_per_node = job.pn_min_cpus = job.shared = job.requeue = NO_VAL16;
  job.ntasks_per_socket = job.ntasks_per_core = job.ntasks_per_tres = job.plane_size = NO_VAL16;
  job.sockets_per_node = job.cores_per_socket = job.threads_per_core = NO_VAL16;
  job.contiguous = job.core_spec = NO_VAL16;
  job.pn_min_tmp_disk = job.req_switch = NO_VAL;
  job.pn_min_memory = NO_VAL64;
  job.nice = NICE_OFFSET;
  return job;
}

char* slurm_text(const std::string& text) { return strdup(text.c_str()); }

void free_written(job_desc_msg_t& job, char** err_msg) {
  std::free(std::exchange(job.admin_comment, nullptr));
  std::free(std::exchange(job.reservation, nullptr));
  if (err_msg != nullptr) std::free(std::exchange(*err_msg, nullptr));
}

std::vector<std::string> take_log() {
  const std::lock_guard lock(log_mutex);
  return std::exchange(log_lines, {});
}

int freed_by_slurm() { return xfree_calls; }

std::vector<std::uint64_t> take_created_flags() { return std::exchange(created_flags, {}); }

}  // namespace foreshape

extern "C" {

slurm_conf_t slurm_conf;

char* slurm_xstrdup(const char* text) { return text != nullptr ? strdup(text) : nullptr; }
void slurm_xfree(void** memory) {
  ++foreshape::xfree_calls;
  std::free(std::exchange(*memory, nullptr));
}

int slurm_error(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  foreshape::keep_line(format, arguments);
  va_end(arguments);
  return SLURM_ERROR;
}
void slurm_info(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  foreshape::keep_line(format, arguments);
  va_end(arguments);
}
void slurm_debug(const char* /*format*/, ...) {}

// A controller that never answers: what the agent meets in the first seconds after a start.
int slurm_load_jobs(time_t /*since*/, job_info_msg_t** /*jobs*/, uint16_t /*flags*/) { return SLURM_ERROR; }
int slurm_load_ctl_conf(time_t /*since*/, slurm_conf_t** /*conf*/) { return SLURM_ERROR; }
int slurm_load_partitions(time_t /*since*/, partition_info_msg_t** /*p*/, uint16_t /*flags*/) {
  return SLURM_ERROR;
}
int slurm_load_node(time_t /*since*/, node_info_msg_t** /*nodes*/, uint16_t /*flags*/) { return SLURM_ERROR; }
int slurm_load_assoc_mgr_info(assoc_mgr_info_request_msg_t* /*question*/, assoc_mgr_info_msg_t** /*answer*/) {
  return SLURM_ERROR;
}
void slurm_free_assoc_mgr_info_msg(assoc_mgr_info_msg_t* /*answer*/) {}
int slurm_list_count(decltype(assoc_mgr_info_msg_t::user_list) /*list*/) { return 0; }
auto slurm_list_iterator_create(decltype(assoc_mgr_info_msg_t::user_list) /*list*/)
    -> decltype(slurm_list_iterator_create(nullptr)) {
  return nullptr;
}
void* slurm_list_next(decltype(slurm_list_iterator_create(nullptr)) /*iterator*/) { return nullptr; }
void slurm_list_iterator_destroy(decltype(slurm_list_iterator_create(nullptr)) /*iterator*/) {}
void slurm_free_job_info_msg(job_info_msg_t* /*jobs*/) {}
void slurm_free_ctl_conf(slurm_conf_t* /*conf*/) {}
void slurm_free_conf(slurm_conf_t* /*conf*/) {}  // its name from 26.05 on
void slurm_free_partition_info_msg(partition_info_msg_t* /*partitions*/) {}
void slurm_free_node_info_msg(node_info_msg_t* /*nodes*/) {}
int slurm_load_reservations(time_t /*since*/, reserve_info_msg_t** /*reservations*/) { return SLURM_ERROR; }
void slurm_free_reservation_info_msg(reserve_info_msg_t* /*reservations*/) {}
void slurm_init_resv_desc_msg(resv_desc_msg_t* /*message*/) {}
void slurm_init_job_desc_msg(job_desc_msg_t* /*message*/) {}
char* slurm_create_reservation(resv_desc_msg_t* message) {
  foreshape::created_flags.push_back(message->flags);
  return strdup(message->name);
}
int slurm_update_reservation(resv_desc_msg_t* /*message*/) { return SLURM_ERROR; }
int slurm_update_job(job_desc_msg_t* /*message*/) { return SLURM_ERROR; }
int slurm_load_job(job_info_msg_t** /*jobs*/, foreshape::DeclaredJobId /*job*/, uint16_t /*flags*/) {
  return SLURM_ERROR;
}
int slurm_requeue2(char* /*job*/, uint32_t /*flags*/, job_array_resp_msg_t** /*answers*/) {
  return SLURM_ERROR;
}
void slurm_free_job_array_resp(job_array_resp_msg_t* /*answers*/) {}
// A hostlist of names as they are, without brackets.
using FakeHosts = std::deque<std::string>;
auto slurm_hostlist_create(const char* text) -> decltype(slurm_hostlist_create(nullptr)) {
  auto hosts = std::make_unique<FakeHosts>();
  std::istringstream words{text};
  for (std::string word; std::getline(words, word, ',');) hosts->push_back(word);
  return reinterpret_cast<decltype(slurm_hostlist_create(nullptr))>(hosts.release());
}
int slurm_hostlist_find(decltype(slurm_hostlist_create(nullptr)) list, const char* host) {
  const auto& hosts = *reinterpret_cast<const FakeHosts*>(list);
  const auto found = std::find(hosts.begin(), hosts.end(), host);
  return found != hosts.end() ? static_cast<int>(found - hosts.begin()) : -1;
}
char* slurm_hostlist_shift(decltype(slurm_hostlist_create(nullptr)) list) {
  auto& hosts = *reinterpret_cast<FakeHosts*>(list);
  if (hosts.empty()) return nullptr;
  char* host = strdup(hosts.front().c_str());
  hosts.pop_front();
  return host;
}
void slurm_hostlist_destroy(decltype(slurm_hostlist_create(nullptr)) list) {
  const std::unique_ptr<FakeHosts> hosts(reinterpret_cast<FakeHosts*>(list));
}
int slurm_get_errno() { return SLURM_COMMUNICATIONS_CONNECTION_ERROR; }
char* slurm_strerror(int /*error*/) {
  static char text[] = "the fake controller does not answer";
  return text;
}
}
