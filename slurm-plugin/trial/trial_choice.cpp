// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/trial/trial_choice.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "slurm-plugin/slurm/job_request.h"
#include "slurm-plugin/slurm/record_state.h"
#include "slurm-plugin/slurm/slurm_field.h"
#include "slurm-plugin/slurm/slurm_release.h"
#include "slurm-plugin/slurm/trial_job.h"

namespace foreshape {
namespace {

/// The numbers in "afterany:12(unfulfilled),afterok:13", and whatever else is one.
void add_numbers(std::string_view text, std::unordered_set<JobId>& numbers) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  while (true) {
    text.remove_prefix(static_cast<std::size_t>(std::ranges::find_if(text, is_digit) - text.begin()));
    if (text.empty()) return;
    JobId number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc{}) numbers.insert(number);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  }
}

/// Jobs that others wait for: these would take the trial's end for its end, or wait for its second one.
std::unordered_set<JobId> awaited_jobs(const job_info_msg_t& jobs) {
  std::unordered_set<JobId> awaited;
  for (std::uint32_t i = 0; i < jobs.record_count; ++i)
    add_numbers(bounded(jobs.job_array[i].dependency), awaited);
  return awaited;
}

/// Was submitted as one that may be tried (a plain batch job), has not been, and its user has not opted out since.
bool is_possible(const slurm_job_info_t& job) {
  const auto trial = trial_of(job);
  return trial && trial->end == TrialEnd::possible && !says_off(bounded(job.comment));
}

/// Waits for nothing but room, in no reservation and for the first time; nobody has said when it must end.
bool is_plain_waiting(const slurm_job_info_t& job) {
  const char* const choices[] = {job.dependency, job.burst_buffer, job.resv_name};
  const auto is_empty = [](const char* text) { return bounded(text).empty(); };
  const bool waits_for_room = job.state_reason == WAIT_PRIORITY || job.state_reason == WAIT_RESOURCES;
  const bool waits = job_state(job.job_state) == JobState::pending && job.priority > 0 && waits_for_room;
  return waits && job.requeue == 1 && job.restart_cnt == 0 && job.time_min == 0 && job.deadline == 0 &&
         std::ranges::all_of(choices, is_empty);
}

}  // namespace

std::vector<const slurm_job_info_t*> TrialChoice::candidates(const TrialLook& look) {
  std::vector<const slurm_job_info_t*> candidates;
  const auto awaited = awaited_jobs(look.jobs);
  for (std::uint32_t i = 0; i < look.jobs.record_count; ++i) {
    const slurm_job_info_t& job = look.jobs.job_array[i];
    const bool is_candidate = is_plain_waiting(job) && job.priority < look.overdue_points &&
                              is_possible(job) && !awaited.contains(job_id_of(job)) && look.may_try(job);
    if (is_candidate) candidates.push_back(&job);
  }
  std::ranges::sort(candidates, std::ranges::greater{}, &slurm_job_info_t::priority);
  return candidates;
}

std::vector<const slurm_job_info_t*> TrialChoice::due(const TrialLook& look,
                                                      const std::vector<const slurm_job_info_t*>& candidates,
                                                      IdleCapacity room) {
  std::vector<const slurm_job_info_t*> chosen;
  forget_pauses(look.jobs);
  const auto before_s = std::exchange(room_since_s_, {});
  for (const slurm_job_info_t* job : candidates) {
    const JobId id = job_id_of(*job);
    const auto known = before_s.find(id);
    const UnixSeconds since_s = known != before_s.end() ? known->second : 0;
    UnixSeconds& has_since_s = room_since_s_[id];
    const auto pause = pauses_.find(id);
    const bool pauses = pause != pauses_.end() && look.now_s < pause->second.until_s;
    if (pauses || !room.take(*job)) continue;
    has_since_s = since_s > 0 ? std::min(since_s, look.now_s) : look.now_s;
    if (since_s > 0 && look.now_s - since_s >= look.passed_over_s) chosen.push_back(job);
    if (chosen.size() == kMaxChosen) break;
  }
  return chosen;
}

void TrialChoice::in_vain(JobId job, UnixSeconds now_s) {
  Pause& pause = pauses_[job];
  pause.until_s = now_s + pause.next_s;
  pause.next_s *= 2;
}

void TrialChoice::forget_pauses(const job_info_msg_t& jobs) {
  if (pauses_.empty()) return;
  std::unordered_set<JobId> waiting;
  for (std::uint32_t i = 0; i < jobs.record_count; ++i)
    if (job_state(jobs.job_array[i].job_state) == JobState::pending)
      waiting.insert(job_id_of(jobs.job_array[i]));
  std::erase_if(pauses_, [&waiting](const auto& pause) { return !waiting.contains(pause.first); });
}

}  // namespace foreshape
