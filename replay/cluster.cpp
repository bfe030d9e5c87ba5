// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/cluster.h"

#include <algorithm>
#include <memory>
#include <span>

#include "predictor/base/target_clones.h"

namespace foreshape {
namespace {

/// Cores that the job takes of each of its nodes; 0 = any.
std::int64_t share_of(const NodeDemand& demand) {
  return demand.nodes == 0 ? 0 : (demand.cores + demand.nodes - 1) / demand.nodes;
}

/// Neighbouring nodes that the job could take.
struct Run {
  std::int32_t first, end;
  std::int64_t cores;
};

/// Gathers nodes, in order, into runs of neighbours. All room is taken at once: searches spend much of their
/// time here.
class Runs {
 public:
  explicit Runs(std::size_t nodes) : runs_(std::make_unique_for_overwrite<Run[]>(nodes / 2 + 2)) {
    runs_[0] = {-1, -1, 0};  // before the first
  }
  /// Adds those of the nodes [first, end) of which the job could take something; usable(node): its cores.
  template <class Usable>
  void add(std::int32_t first, std::int32_t end, const Usable& usable) {
    Run* last = &runs_[last_];
    for (std::int32_t i = first; i < end; ++i) {
      const std::int64_t cores = usable(i);
      if (cores <= 0) continue;
      if (last->end != i) *++last = {i, i, 0};
      last->end = i + 1;
      last->cores += cores;
    }
    last_ = static_cast<std::size_t>(last - runs_.get());
  }
  std::span<Run> all() { return {&runs_[1], last_}; }

 private:
  std::unique_ptr<Run[]> runs_;  // NOLINT(modernize-avoid-c-arrays): a vector would set them first
  std::size_t last_ = 0;
};

/// Of the runs, the largest ones until one that is left is enough for what is still missing, then the least
/// such; the first one where equal. Empty if they are not enough. Changes the order of runs.
std::vector<Run> best_of(std::span<Run> runs, std::int64_t cores) {
  const auto is_worse = [](const Run& a, const Run& b) {
    return a.cores != b.cores ? a.cores < b.cores : a.first > b.first;
  };
  std::make_heap(runs.begin(), runs.end(), is_worse);
  std::vector<Run> taken;
  for (; !runs.empty() && runs.front().cores < cores; runs = runs.first(runs.size() - 1)) {
    cores -= runs.front().cores;
    taken.push_back(runs.front());
    std::pop_heap(runs.begin(), runs.end(), is_worse);
  }
  if (runs.empty()) return {};
  const auto is_better_end = [&](const Run& a, const Run& b) {
    const bool a_enough = a.cores >= cores, b_enough = b.cores >= cores;
    if (a_enough != b_enough) return a_enough;
    return a.cores != b.cores ? a.cores < b.cores : a.first < b.first;
  };
  taken.push_back(*std::min_element(runs.begin(), runs.end(), is_better_end));
  taken.back().cores = cores;  // the only one that may not be needed as a whole
  return taken;
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
  const auto usable = [&](std::int32_t node) {
    const std::int64_t there = room(static_cast<std::size_t>(node), demand.memory_per_core);
    return share == 0 ? there : there >= share ? share : 0;
  };
  Runs runs(cores_of_.size());
  for (std::size_t g = 0; g < group_sum_.size(); ++g) {
    if (group_sum_[g] == 0) continue;
    const auto first = static_cast<std::int32_t>(g * kGroup);
    const auto end = static_cast<std::int32_t>(std::min((g + 1) * kGroup, cores_of_.size()));
    if (is_sum(demand))
      runs.add(first, end, [free = cores_of_.data()](std::int32_t node) { return free[node]; });
    else
      runs.add(first, end, usable);
  }
  std::vector<Run> taken = best_of(runs.all(), demand.cores);
  std::sort(taken.begin(), taken.end(), [](const Run& a, const Run& b) { return a.first < b.first; });
  std::vector<Placement::Share> shares;
  for (const Run& run : taken) {
    std::int64_t left = run.cores;
    for (std::int32_t i = run.first; i < run.end && left > 0; ++i) {
      const std::int64_t cores = std::min(usable(i), left);
      shares.push_back({i, static_cast<std::int32_t>(cores)});
      left -= cores;
    }
  }
  return shares;
}

std::optional<Placement> FreeNodes::place(const NodeDemand& demand, FitRule fit) const {
  if (cores_ < demand.cores) return std::nullopt;
  Placement found{{}, demand.memory_per_core};
  if (fit == FitRule::best_run) found.shares = best_runs(demand);
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
