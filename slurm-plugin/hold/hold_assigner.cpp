// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/hold/hold_assigner.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "slurm-plugin/hold/chain_forecasts.h"

namespace foreshape {
namespace {

// A limit longer than ten years is none.
constexpr std::int64_t kMaxLimitSeconds = 10LL * 365 * 86'400;

bool waits_in_a_hold(const SeenJob& job) {
  return job.state == JobState::pending && names_a_hold(job.reservation);
}

std::uint32_t nodes_needed(const SeenJob& job, std::uint32_t cpus_per_node) {
  const std::uint32_t cpus = job.requested.least_cpus();
  const std::uint32_t for_cpus = cpus_per_node > 0 ? (cpus + cpus_per_node - 1) / cpus_per_node : 1;
  return std::max({job.requested.nodes.value_or(1), for_cpus, 1U});
}

/// Whether it is the job for which its user's personal hold was made.
bool is_for(const SeenJob& job, const LiveHold& hold) {
  if (hold.kind != HoldKind::personal) return false;
  if (hold.chain.is_open()) return hold.chain.ended_s != 0 && follows(job, hold.chain);
  return job.submit_s >= hold.made_s;
}

/// FLEX could let it onto cores that somebody else has reserved, before it must have ended.
bool could_stray(const SeenJob& job, const CoreReservations& cores, UnixSeconds now_s) {
  const std::int64_t limit_s = std::min(job.requested.limit_s.value_or(kMaxLimitSeconds), kMaxLimitSeconds);
  return std::ranges::any_of(
      job.partitions, [&](const std::string& partition) { return cores.are_in(partition, now_s + limit_s); });
}

}  // namespace

bool HoldAssigner::take_out(const SeenJob& job, SlurmControl& control) {
  return ++calls_ <= kMaxCalls && control.put_job(job.id, "").has_value();
}

bool HoldAssigner::clear(const std::set<std::string>& reservations, const SeenSlurm& seen,
                         SlurmControl& control) {
  calls_ = 0;
  bool is_clear = true;
  for (const SeenJob& job : seen.jobs) {
    if (!waits_in_a_hold(job) || !reservations.contains(job.reservation)) continue;
    if (take_out(job, control))
      admitted_.erase(job.id);
    else
      is_clear = false;
  }
  return is_clear;
}

AdmittedSize HoldAssigner::size_of(const SeenJob& job) {
  return {.limit_s = job.requested.limit_s,
          .nodes = job.requested.nodes.value_or(1),
          .cpus = job.requested.least_cpus()};
}

void HoldAssigner::check_waiting(const SeenJob& job, AdmittedJob& entry, bool may_stay, UnixSeconds now_s,
                                 SlurmControl& control) {
  if (!waits_in_a_hold(job)) {
    if (entry.since_s == 0) return;
    // Its user took the name away, or changed its size.
    entry = {};
    entry.not_before_s = now_s + kNotAgainSeconds;
    return;
  }
  const bool is_ours =
      entry.hold == job.reservation && entry.since_s != 0 && !entry.has_started && entry.size == size_of(job);
  if (is_ours && may_stay && now_s - entry.since_s < kPatienceSeconds) return;
  if (!take_out(job, control)) return;
  entry = {};
  entry.not_before_s = now_s + kNotAgainSeconds;
}

void HoldAssigner::check_running(const SeenJob& job, AdmittedJob& entry, UnixSeconds now_s,
                                 const EntryRules& rules) {
  // Whatever reservation it names now: a user may take the name away from a job that runs.
  if (entry.hold.empty()) return;
  if (!entry.has_started) {
    // Once: the hold's nodes may change later, and its start is by the clock as it was then.
    entry.elsewhere =
        static_cast<std::uint32_t>(std::ranges::count_if(job.nodes, [&](const std::string& node) {
          return std::ranges::find(entry.nodes, node) == entry.nodes.end();
        }));
    entry.nodes = {};
    entry.has_started = true;
    entry.counted_from_s = std::min(std::max(job.start_s, entry.counted_from_s), now_s);
  }
  if (entry.has_overrun || now_s - entry.counted_from_s <= entry.may_run_s) return;
  entry.has_overrun = true;
  rules.overran(job);
}

void HoldAssigner::restore(AdmittedJobs admitted) {
  std::erase_if(admitted,
                [](const auto& one) { return !one.second.hold.empty() && !one.second.has_started; });
  admitted_ = std::move(admitted);
}

void HoldAssigner::forget_times(UnixSeconds now_s) {
  for (auto& [job, entry] : admitted_) {
    if (entry.since_s != 0) entry.since_s = now_s;
    entry.counted_from_s = now_s;  // also of one that has started since the last pass
    entry.not_before_s = std::min(entry.not_before_s, now_s + kNotAgainSeconds);
  }
}

void HoldAssigner::check_admitted(std::span<const LiveHold> holds, const SeenSlurm& seen,
                                  const CoreReservations& cores, const EntryRules& rules,
                                  SlurmControl& control) {
  const auto may_stay = [&](const SeenJob& job) {
    const bool is_live = std::ranges::find(holds, job.reservation, &LiveHold::name) != holds.end();
    return is_live && !could_stray(job, cores, seen.at_s);
  };
  AdmittedJobs admitted;
  for (const SeenJob& job : seen.jobs) {
    const auto known = admitted_.find(job.id);
    if (known == admitted_.end() && !waits_in_a_hold(job)) continue;
    AdmittedJob entry = known != admitted_.end() ? known->second : AdmittedJob{};
    if (job.state == JobState::pending)
      check_waiting(job, entry, may_stay(job), seen.at_s, control);
    else if (job.state == JobState::running)
      check_running(job, entry, seen.at_s, rules);
    else
      continue;
    const bool is_in = entry.since_s != 0 || job.state == JobState::running || waits_in_a_hold(job);
    if (is_in || entry.not_before_s > seen.at_s) admitted[job.id] = std::move(entry);
  }
  admitted_ = std::move(admitted);
}

HoldAssigner::Vacancy HoldAssigner::vacancy_of(const LiveHold& hold, const SeenSlurm& seen,
                                               const ResourcePool& pool, const EntryRules& rules) const {
  Vacancy vacancy;
  vacancy.hold = &hold;
  if (hold.kind == HoldKind::personal) vacancy.uid = rules.uid_of(hold.user);
  vacancy.is_promised = hold.is_fulfilled;
  for (const std::string& name : hold.nodes) {
    const PoolNode* node = pool.find(name);
    if (node == nullptr || !node->usable || !node->is_free) continue;
    const bool first = vacancy.free_nodes++ == 0;
    vacancy.cpus_per_node = first ? node->cpus : std::min(vacancy.cpus_per_node, node->cpus);
    vacancy.memory_bytes = first ? node->memory_bytes : std::min(vacancy.memory_bytes, node->memory_bytes);
  }
  const auto take = [&](std::size_t nodes) {
    vacancy.free_nodes -= static_cast<std::uint32_t>(std::min<std::size_t>(vacancy.free_nodes, nodes));
  };
  for (const SeenJob& job : seen.jobs) {
    const auto entry = admitted_.find(job.id);
    // Also one that no longer has the name: its user may have taken it away.
    const bool is_admitted =
        job.state == JobState::running && entry != admitted_.end() && entry->second.hold == hold.name;
    if (job.reservation != hold.name && !is_admitted) continue;
    // Who was let in and has not started yet has a place already.
    if (job.state == JobState::pending) {
      take(nodes_needed(job, vacancy.cpus_per_node));
      vacancy.is_promised = true;
    }
    // FLEX let it start elsewhere: the nodes that were meant for it are not given away a second time.
    if (is_admitted) take(entry->second.elsewhere);
  }
  return vacancy;
}

bool HoldAssigner::fits(const SeenJob& job, const Vacancy& vacancy) {
  if (vacancy.hold->partition != job.partitions.front()) return false;
  const std::int64_t memory = job.requested.memory_per_node_bytes.value_or(0);
  return nodes_needed(job, vacancy.cpus_per_node) <= vacancy.free_nodes &&
         (vacancy.memory_bytes == 0 || memory <= vacancy.memory_bytes);
}

/// Who has a hold of his own that still waits for this job is left to that: the pool is for the others.
HoldAssigner::Vacancy* HoldAssigner::vacancy_for(const SeenJob& job, std::vector<Vacancy>& vacancies) {
  Vacancy* found = nullptr;
  for (Vacancy& vacancy : vacancies) {
    const bool is_mine = vacancy.uid == job.uid && is_for(job, *vacancy.hold);
    if (is_mine && !vacancy.is_promised) return fits(job, vacancy) ? &vacancy : nullptr;
    if (found == nullptr && vacancy.hold->kind == HoldKind::pool && fits(job, vacancy)) found = &vacancy;
  }
  return found;
}

void HoldAssigner::put_in(const SeenSlurm& seen, const CoreReservations& cores,
                          std::vector<Vacancy>& vacancies, const EntryRules& rules, SlurmControl& control) {
  std::vector<const SeenJob*> waiting;
  for (const SeenJob& job : seen.jobs) {
    const bool may_move = job.waits_for_resources && job.is_placeable && job.reservation.empty();
    // Some releases refuse root whatever reservation it names.
    const bool is_somebody = job.uid != 0 && job.partitions.size() == 1 && !admitted_.contains(job.id);
    if (may_move && is_somebody && !could_stray(job, cores, seen.at_s)) waiting.push_back(&job);
  }
  std::ranges::stable_sort(waiting, [](const SeenJob* a, const SeenJob* b) {
    return std::pair(b->priority, a->id) < std::pair(a->priority, b->id);
  });
  for (const SeenJob* job : waiting) {
    if (calls_ >= kMaxCalls) return;
    if (std::ranges::all_of(vacancies, [](const Vacancy& vacancy) { return vacancy.free_nodes == 0; }))
      return;
    Vacancy* vacancy = vacancy_for(*job, vacancies);
    if (vacancy == nullptr || rules.is_barred(job->uid)) continue;
    const auto may_run_s = rules.may_run_s(*job, *vacancy->hold);
    if (!may_run_s) continue;
    // First, so that no change of its size slips in between; the look before it is compared at the next pass.
    if (!admission_.expect(job->id) || (job->sluid != 0 && !admission_.expect(job->sluid))) return;
    ++calls_;
    if (!control.put_job(job->id, vacancy->hold->name)) continue;
    vacancy->free_nodes -= nodes_needed(*job, vacancy->cpus_per_node);
    vacancy->is_promised = true;
    ++entered_;
    AdmittedJob& entry = admitted_[job->id];
    entry.hold = vacancy->hold->name;
    entry.nodes = vacancy->hold->nodes;
    entry.since_s = seen.at_s;
    entry.may_run_s = *may_run_s;
    entry.size = size_of(*job);
  }
}

void HoldAssigner::publish(const std::vector<Vacancy>& vacancies, const SeenSlurm& seen) {
  std::vector<UserId> served;
  bool has_vacancy = false;
  for (const Vacancy& vacancy : vacancies) {
    has_vacancy = has_vacancy || vacancy.free_nodes > 0 ||
                  (vacancy.hold->chain.is_open() && !vacancy.hold->is_fulfilled);
    if (vacancy.uid && !vacancy.is_promised) served.push_back(*vacancy.uid);
  }
  std::vector<JobKey> on_their_way;
  for (const SeenJob& job : seen.jobs) {
    const auto entry = admitted_.find(job.id);
    if (job.state != JobState::pending || entry == admitted_.end() || entry->second.since_s == 0) continue;
    on_their_way.push_back(job.id);
    if (job.sluid != 0) on_their_way.push_back(job.sluid);
  }
  admission_.set(has_vacancy, std::move(served), std::move(on_their_way));
}

void HoldAssigner::pass(std::span<const LiveHold> holds, const SeenSlurm& seen, const ResourcePool& pool,
                        const EntryRules& rules, SlurmControl& control) {
  calls_ = 0;
  const CoreReservations cores(seen);
  check_admitted(holds, seen, cores, rules, control);
  std::vector<Vacancy> vacancies;
  for (const LiveHold& hold : holds) vacancies.push_back(vacancy_of(hold, seen, pool, rules));
  put_in(seen, cores, vacancies, rules, control);
  publish(vacancies, seen);
}

}  // namespace foreshape
