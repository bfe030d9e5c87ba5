// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/memory_agent.h"

#include <algorithm>
#include <csignal>
#include <fmt/format.h>
#include <span>
#include <thread>
#include <vector>

#include "predictor/base/job_state.h"
#include "slurm-plugin/base/fault_point.h"
#include "slurm-plugin/slurm/record_state.h"
#include "slurm-plugin/slurm/rpc/job_memory.h"
#include "slurm-plugin/slurm/rpc/job_requeue.h"
#include "slurm-plugin/slurm/shaped_job.h"
#include "slurm-plugin/slurm/slurm_field.h"

namespace foreshape {
namespace {

#ifdef FORESHAPE_FAULT_POINTS
/// As a kill -9 that comes when Slurm, which does so every five seconds, has saved what was done last.
void die_once_saved() {
  constexpr std::chrono::seconds kSaved{8};
  std::this_thread::sleep_for(kSaved);
  ::raise(SIGKILL);
}
#endif

}  // namespace

void MemoryAgent::look_at_evidence(UnixSeconds loaded_s) {
  auto settings = state_.settings.get();
  if (settings != settings_) watch_.forgive_if_wanted();
  if (loaded_s != loaded_s_ || settings != settings_) sizing_.evidence_changed();
  loaded_s_ = loaded_s;
  settings_ = std::move(settings);
}

bool MemoryAgent::wants_look() const {
  return recovery_.wants_look() || requeues_.wants_look() || (!gives_back() && sizing_.wants_look());
}

bool MemoryAgent::gives_back() const {
  const auto settings = state_.settings.get();
  return state_.is_stopped() || !settings->policy.has_mode(Lever::memory, Mode::enforce);
}

/// What was counted is on the disk before anybody is queued again: a kill that is not is still in Slurm's list.
void MemoryAgent::pass(const job_info_msg_t& jobs) {
  if (watch_.look(jobs)) sizing_.evidence_changed();
  tell_of_stuck(jobs);
  recover_jobs(jobs);
  if (gives_back()) return;
  count_open(jobs);
  size_jobs(jobs);
}

void MemoryAgent::count_open(const job_info_msg_t& jobs) {
  std::vector<OpenShapes::Job> open;
  for (const slurm_job_info_t& job : std::span{jobs.job_array, jobs.record_count})
    if (is_open(job_state(job.job_state)) && is_batch_job(job) && shaped_memory(job))
      open.push_back({job.user_id, folded_name_hash(bounded(job.name)), jobs_in(job)});
  state_.open_shapes.recount(open);
}

/// Whatever the settings say by now: a job that we gave too little is ours to help.
void MemoryAgent::recover_jobs(const job_info_msg_t& jobs) {
  const auto steps = recovery_.due(jobs, gives_back());
  for (const MemoryStep& memory : steps)
    if (const auto done = recover(memory); !done)
      state_.log(LogLevel::info,
                 fmt::format("job {}: its memory could not be given back: {}; trying again at "
                             "the next pass",
                             memory.shown_id, done.error().message));
}

Result<void> MemoryAgent::recover(const MemoryStep& memory) {
  if (memory.requeue) {
    if (auto queued = requeue_held(memory.shown_id); !queued) return queued;
    recovery_.requeued(memory.job);
    requeues_.queued_again(memory.job, state_.clock.now_s());
    state_.jobs.memory_requeues.fetch_add(1, std::memory_order_relaxed);
    FORESHAPE_FAULT("memory_between", die_once_saved());
  }
  const MemoryMark& mark = memory.mark;
  auto returned = give_memory({memory.job, mark.cpus, mark.planned_mib, memory.had_comment,
                               mark.requested_mib, memory.admin_comment, memory.release});
  if (!returned) return returned;
  recovery_.done(memory.job);
  state_.jobs.memory_returns.fetch_add(1, std::memory_order_relaxed);
  state_.notice(
      LogLevel::info,
      fmt::format("job {} uid={}: {} {}M, has the {}M of memory requested", memory.shown_id, memory.uid,
                  memory.was_killed ? "killed with" : "waited with", mark.planned_mib, mark.requested_mib));
  return {};
}

void MemoryAgent::tell_of_stuck(const job_info_msg_t& jobs) {
  for (const JobId job : requeues_.stuck(jobs, state_.clock.now_s()))
    state_.notice(LogLevel::error, stuck_text(job));
}

void MemoryAgent::size_jobs(const job_info_msg_t& jobs) {
  const auto sizes = sizing_.due(jobs);
  const auto changed = std::ranges::count_if(sizes, [this](const MemorySize& size) { return resize(size); });
  if (changed > 0)
    state_.log(LogLevel::info,
               fmt::format("{} waiting jobs have another figure of memory by new evidence", changed));
}

/// False: it has started, is gone, or somebody has changed it; what it has is right then.
bool MemoryAgent::resize(const MemorySize& size) {
  const MemoryMark& mark = size.mark;
  const auto given =
      give_memory({size.job, mark.cpus, mark.planned_mib, size.had_comment, size.to_mib, size.admin_comment});
  if (!given) {
    state_.log(LogLevel::debug, fmt::format("job {}: {}", size.shown_id, given.error().message));
    return false;
  }
  FORESHAPE_FAULT("memory_resized", ::raise(SIGKILL));
  FORESHAPE_FAULT("memory_resized_saved", die_once_saved());
  state_.jobs.resized.fetch_add(1, std::memory_order_relaxed);
  state_.jobs.saved_mib.fetch_add((mark.planned_mib - size.to_mib) * static_cast<std::int64_t>(size.nodes),
                                  std::memory_order_relaxed);
  state_.notice(LogLevel::debug,
                fmt::format("job {} uid={}: waited with {}M, has {}M of the {}M of memory requested",
                            size.shown_id, size.uid, mark.planned_mib, size.to_mib, mark.requested_mib));
  return true;
}

}  // namespace foreshape
