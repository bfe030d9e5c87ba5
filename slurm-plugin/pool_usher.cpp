#include "slurm-plugin/pool_usher.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "predictor/base/hash.h"

namespace foreshape {
namespace {

constexpr std::string_view kPoolPrefix = "foreshape_pool_";

bool waits_in_a_pool(const SeenJob& job) {
  return job.state == JobState::pending && job.reservation.starts_with(kPoolPrefix);
}

std::uint32_t nodes_needed(const SeenJob& job, std::uint32_t cpus_per_node) {
  const std::uint32_t cpus = job.asked.least_cpus();
  const std::uint32_t for_cpus = cpus_per_node > 0 ? (cpus + cpus_per_node - 1) / cpus_per_node : 1;
  return std::max({job.asked.nodes.value_or(1), for_cpus, 1U});
}

}  // namespace

bool PoolUsher::take_out(const SeenJob& job, SlurmControl& control) {
  return ++calls_ <= kMostCalls && control.put_job(job.id, "").has_value();
}

void PoolUsher::clear(const std::set<std::string>& reservations, const SeenSlurm& seen,
                      SlurmControl& control) {
  for (const SeenJob& job : seen.jobs)
    if (waits_in_a_pool(job) && reservations.contains(job.reservation)) take_out(job, control);
}

void PoolUsher::take_out_stuck(std::span<const LiveHold> pools, const SeenSlurm& seen,
                               SlurmControl& control) {
  std::map<JobId, Guest> guests;
  for (const SeenJob& job : seen.jobs) {
    if (job.state != JobState::pending) continue;
    const auto known = guests_.find(job.id);
    Guest guest = known != guests_.end() ? known->second : Guest{};
    if (!waits_in_a_pool(job)) {
      guest.since_s = 0;
      if (guest.not_before_s > seen.at_s) guests[job.id] = guest;
      continue;
    }
    if (guest.since_s == 0) guest.since_s = seen.at_s;
    const bool is_live = std::ranges::find(pools, job.reservation, &LiveHold::name) != pools.end();
    if ((!is_live || seen.at_s - guest.since_s >= kPatienceSeconds) && take_out(job, control))
      guest = {0, seen.at_s + kNotAgainSeconds};
    guests[job.id] = guest;
  }
  guests_ = std::move(guests);
}

void PoolUsher::open_door(std::span<const LiveHold> pools, const std::vector<UserId>& served,
                          const SeenSlurm& seen, const ResourcePool& pool) {
  std::vector<PoolOpening> openings;
  for (const LiveHold& hold : pools) {
    PoolOpening opening;
    opening.partition = text_hash(hold.partition);
    opening.reservation.assign(hold.name);
    for (const std::string& name : hold.nodes) {
      const PoolNode* node = pool.find(name);
      if (node == nullptr || !node->usable || !node->is_free) continue;
      ++opening.free_nodes;
      opening.cpus_per_node =
          opening.cpus_per_node == 0 ? node->cpus : std::min(opening.cpus_per_node, node->cpus);
    }
    // Who was let in and has not started yet has a place already.
    for (const SeenJob& job : seen.jobs)
      if (job.state == JobState::pending && job.reservation == hold.name)
        opening.free_nodes -= std::min(opening.free_nodes, nodes_needed(job, opening.cpus_per_node));
    openings.push_back(opening);
  }
  door_.open(std::move(openings), served);
}

void PoolUsher::put_in(const SeenSlurm& seen, const std::function<bool(const SeenJob&)>& is_short,
                       SlurmControl& control) {
  std::vector<const SeenJob*> waiting;
  for (const SeenJob& job : seen.jobs) {
    const bool may_move = job.waits_for_room && job.is_placeable && job.reservation.empty();
    if (may_move && job.partitions.size() == 1 && !guests_.contains(job.id)) waiting.push_back(&job);
  }
  std::ranges::stable_sort(waiting, [](const SeenJob* a, const SeenJob* b) {
    return std::pair(b->priority, a->id) < std::pair(a->priority, b->id);
  });
  for (const SeenJob* job : waiting) {
    if (door_.free_nodes() == 0 || calls_ >= kMostCalls) return;
    if (!is_short(*job)) continue;
    const auto door = door_.enter(job->uid, text_hash(job->partitions.front()), job->asked.nodes.value_or(1),
                                  job->asked.least_cpus());
    if (!door) continue;
    ++calls_;
    if (control.put_job(job->id, std::string(door->view()))) guests_[job->id] = {seen.at_s, 0};
  }
}

void PoolUsher::pass(std::span<const LiveHold> pools, const std::vector<UserId>& served,
                     const SeenSlurm& seen, const ResourcePool& pool,
                     const std::function<bool(const SeenJob&)>& is_short, SlurmControl& control) {
  calls_ = 0;
  take_out_stuck(pools, seen, control);
  open_door(pools, served, seen, pool);
  put_in(seen, is_short, control);
}

}  // namespace foreshape
