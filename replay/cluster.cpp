#include "replay/cluster.h"

#include <algorithm>

#include "predictor/model/target_clones.h"

namespace foreshape {
namespace {

/// Cores that the job takes of each of its nodes; 0 = any.
std::int64_t share_of(const NodeDemand& demand) {
  return demand.nodes == 0 ? 0 : (demand.cores + demand.nodes - 1) / demand.nodes;
}

/// Neighbouring nodes that the job could take.
struct Run {
  std::size_t first = 0, end = 0;
  std::int64_t cores = 0;
};

/// The least run that is enough; if none is, the largest. The first one where equal.
std::vector<Run>::iterator best_run(std::vector<Run>& runs, std::int64_t left) {
  return std::min_element(runs.begin(), runs.end(), [&](const Run& a, const Run& b) {
    const bool a_enough = a.cores >= left, b_enough = b.cores >= left;
    if (a_enough != b_enough) return a_enough;
    return a_enough ? a.cores < b.cores : a.cores > b.cores;
  });
}

/// Takes the lesser of each into a; the sum of those above zero.
inline std::int32_t lesser_of(std::int32_t* a, const std::int32_t* b, std::size_t n) {
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const std::int32_t least = a[i] < b[i] ? a[i] : b[i];
    a[i] = least;
    sum += least > 0 ? least : 0;
  }
  return sum;
}

/// The same, with the sums of each group. Nearly all of the time of a search on nodes; groups of known size
/// are what the compiler makes good vectors of.
FORESHAPE_TARGET_CLONES std::int64_t lesser_of_each(std::int32_t* a, const std::int32_t* b, std::size_t n,
                                                    std::int32_t* group_sum) {
  constexpr std::size_t kGroup = FreeNodes::kGroup;
  std::int64_t all = 0;
  std::size_t g = 0;
  for (; (g + 1) * kGroup <= n; ++g) all += group_sum[g] = lesser_of(a + g * kGroup, b + g * kGroup, kGroup);
  if (g * kGroup < n) all += group_sum[g] = lesser_of(a + g * kGroup, b + g * kGroup, n - g * kGroup);
  return all;
}

}  // namespace

FreeNodes::FreeNodes(const Cluster& cluster)
    : cores_(std::int64_t{cluster.nodes} * cluster.cores_per_node),
      group_sum_((static_cast<std::size_t>(cluster.nodes) + kGroup - 1) / kGroup, 0),
      cores_of_(static_cast<std::size_t>(cluster.nodes), cluster.cores_per_node),
      memory_of_(cluster.memory_per_node == 0 ? 0 : cores_of_.size(), cluster.memory_per_node) {
  for (std::size_t i = 0; i < cores_of_.size(); ++i) group_sum_[i / kGroup] += cores_of_[i];
}

std::int64_t FreeNodes::room(std::size_t node, std::int64_t memory_per_core) const {
  const std::int64_t cores = std::max(cores_of_[node], 0);
  if (memory_per_core == 0 || memory_of_.empty()) return cores;
  return std::min(cores, std::max<std::int64_t>(memory_of_[node], 0) / memory_per_core);
}

template <class Visit>
bool FreeNodes::first_fit(const NodeDemand& demand, Visit&& visit) const {
  if (cores_ < demand.cores) return false;
  const std::int64_t share = share_of(demand);
  std::int64_t left = demand.cores;
  for (std::size_t i = 0; i < cores_of_.size() && left > 0; ++i) {
    if (i % kGroup == 0 && group_sum_[i / kGroup] == 0) {
      i += kGroup - 1;
      continue;
    }
    const std::int64_t there = room(i, demand.memory_per_core);
    const std::int64_t wanted = share == 0 ? std::min(there, left) : std::min(share, left);
    if (wanted == 0 || there < wanted) continue;
    visit(i, wanted);
    left -= wanted;
  }
  return left == 0;
}

bool FreeNodes::fits(const NodeDemand& demand) const {
  if (is_sum(demand)) return cores_ >= demand.cores;
  return first_fit(demand, [](std::size_t, std::int64_t) {});
}

std::vector<Placement::Share> FreeNodes::best_runs(const NodeDemand& demand) const {
  const std::int64_t share = share_of(demand);
  const auto usable = [&](std::size_t node) {
    const std::int64_t there = room(node, demand.memory_per_core);
    return share == 0 ? there : there >= share ? share : 0;
  };
  std::vector<Run> runs;
  for (std::size_t i = 0; i < cores_of_.size(); ++i) {
    if (i % kGroup == 0 && group_sum_[i / kGroup] == 0) {
      i += kGroup - 1;
      continue;
    }
    const std::int64_t cores = usable(i);
    if (cores == 0) continue;
    if (runs.empty() || runs.back().end != i) runs.push_back({i, i, 0});
    runs.back().end = i + 1;
    runs.back().cores += cores;
  }
  // The last run that is taken is the only one that may not be needed as a whole.
  std::vector<Run> taken;
  std::int64_t left = demand.cores;
  while (left > 0) {
    const auto best = best_run(runs, left);
    if (best == runs.end()) return {};
    best->cores = std::min(best->cores, left);
    left -= best->cores;
    taken.push_back(*best);
    runs.erase(best);
  }
  std::sort(taken.begin(), taken.end(), [](const Run& a, const Run& b) { return a.first < b.first; });
  std::vector<Placement::Share> shares;
  for (const Run& run : taken) {
    left = run.cores;
    for (std::size_t i = run.first; i < run.end && left > 0; ++i) {
      const std::int64_t cores = std::min(usable(i), left);
      shares.push_back({static_cast<std::int32_t>(i), static_cast<std::int32_t>(cores)});
      left -= cores;
    }
  }
  return shares;
}

std::optional<Placement> FreeNodes::place(const NodeDemand& demand, Fit fit) const {
  if (cores_ < demand.cores) return std::nullopt;
  Placement found{{}, demand.memory_per_core};
  if (fit == Fit::best_run) found.shares = best_runs(demand);
  if (!found.shares.empty()) return found;
  const bool fits = first_fit(demand, [&](std::size_t node, std::int64_t cores) {
    found.shares.push_back({static_cast<std::int32_t>(node), static_cast<std::int32_t>(cores)});
  });
  return fits ? std::optional{std::move(found)} : std::nullopt;
}

void FreeNodes::set_cores(std::size_t node, std::int32_t cores) {
  const std::int32_t more = std::max(cores, 0) - std::max(cores_of_[node], 0);
  cores_of_[node] = cores;
  group_sum_[node / kGroup] += more;
  cores_ += more;
}

void FreeNodes::change(const Placement& p, std::int64_t sign) {
  for (const auto& [node, cores] : p.shares) {
    const auto n = static_cast<std::size_t>(node);
    set_cores(n, cores_of_[n] + static_cast<std::int32_t>(sign * cores));
    if (!memory_of_.empty()) memory_of_[n] += sign * cores * p.memory_per_core;
  }
}

void FreeNodes::take_whole_nodes(const Placement& p) {
  for (const auto& share : p.shares) {
    const auto n = static_cast<std::size_t>(share.node);
    set_cores(n, std::min(cores_of_[n], 0));
  }
}

void FreeNodes::limit_to(const FreeNodes& other) {
  cores_ = lesser_of_each(cores_of_.data(), other.cores_of_.data(), cores_of_.size(), group_sum_.data());
  for (std::size_t i = 0; i < memory_of_.size(); ++i)
    memory_of_[i] = std::min(memory_of_[i], other.memory_of_[i]);
}

}  // namespace foreshape
