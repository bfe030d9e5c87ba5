#include "replay/estimator.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <vector>

namespace foreshape {
namespace {

class Requested final : public Estimator {
 public:
  explicit Requested(const Workload& load) : Estimator(load) {}
  Estimate estimate(JobIndex job, std::int64_t) override {
    const std::int64_t limit = load_.jobs[job].limit_s;
    return {limit, static_cast<double>(limit)};
  }
};

class Clairvoyant final : public Estimator {
 public:
  explicit Clairvoyant(const Workload& load) : Estimator(load) {}
  Estimate estimate(JobIndex job, std::int64_t) override {
    const std::int64_t run = load_.jobs[job].run_s;
    return {run, static_cast<double>(run)};
  }
};

/// floor((a + b) / 2) of the user's last two ended jobs, at most the request; the request before two ended.
/// Source: Tsafrir, Etsion & Feitelson, IEEE TPDS 18(6), 2007; rounding as in SC'15's simulator.
class Last2 final : public Estimator {
 public:
  explicit Last2(const Workload& load) : Estimator(load), runs_(load.users, {0, 0}) {}
  Estimate estimate(JobIndex job, std::int64_t) override {
    const ReplayJob& j = load_.jobs[job];
    const auto& [a, b] = runs_[j.user];
    const std::int64_t plan = b == 0 ? j.limit_s : std::min((a + b) / 2, j.limit_s);
    return {plan, static_cast<double>(plan)};
  }
  void ended(JobIndex job, std::int64_t start_s, std::int64_t end_s) override {
    auto& [a, b] = runs_[load_.jobs[job].user];
    b = a;
    a = end_s - start_s;
  }

 private:
  std::vector<std::array<std::int64_t, 2>> runs_;  // newest first; 0 = not yet
};

/// Decayed median and mean of the last ended jobs of the first class that has any: user + processors +
/// request, user + request, user, request. Source: ours (anchor of the feasibility study in
/// docs/benchmarks.md), weights 0.7^k over the newest 40.
class Similar final : public Estimator {
 public:
  explicit Similar(const Workload& load) : Estimator(load) {}

  Estimate estimate(JobIndex job, std::int64_t) override {
    const ReplayJob& j = load_.jobs[job];
    for (const Key& key : keys_of(j)) {
      const auto found = classes_.find(key);
      if (found == classes_.end()) continue;
      const auto limit = static_cast<double>(j.limit_s);
      return {std::min(found->second.median, j.limit_s), std::min(found->second.mean, limit)};
    }
    return {j.limit_s, static_cast<double>(j.limit_s)};
  }

  void ended(JobIndex job, std::int64_t start_s, std::int64_t end_s) override {
    for (const Key& key : keys_of(load_.jobs[job])) classes_[key].add(end_s - start_s);
  }

 private:
  static constexpr std::size_t kJobs = 40;
  static constexpr double kDecay = 0.7;

  /// A user, processor count or request of -1 stands for any.
  struct Key {
    std::int64_t user, procs, limit_s;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Key& k) const { return checksum(&k, sizeof k); }
  };
  static std::array<Key, 4> keys_of(const ReplayJob& j) {
    const std::int64_t user = j.user;
    return {Key{user, j.procs, j.limit_s}, Key{user, -1, j.limit_s}, Key{user, -1, -1},
            Key{-1, -1, j.limit_s}};
  }

  struct Class {
    std::vector<std::int64_t> runs;  // newest last
    std::int64_t median = 0;
    double mean = 0;

    void add(std::int64_t run_s) {
      if (runs.size() == kJobs) runs.erase(runs.begin());
      runs.push_back(run_s);
      std::vector<std::pair<std::int64_t, double>> weighted;
      double weight = 1, weights = 0, sum = 0;
      for (auto run = runs.rbegin(); run != runs.rend(); ++run, weight *= kDecay) {
        weighted.emplace_back(*run, weight);
        weights += weight;
        sum += weight * static_cast<double>(*run);
      }
      mean = sum / weights;
      std::sort(weighted.begin(), weighted.end());
      double below = 0;
      for (const auto& [run, w] : weighted) {
        median = run;
        below += w;
        if (below >= weights / 2) break;
      }
    }
  };

  std::unordered_map<Key, Class, Hash> classes_;
};

}  // namespace

void Estimator::ended(JobIndex, std::int64_t, std::int64_t) {}

std::int64_t Estimator::longer(JobIndex job, std::int64_t) { return load_.jobs[job].limit_s; }

std::unique_ptr<Estimator> make_estimator(const SchedulingPolicy& policy, const Workload& load) {
  switch (policy.source) {
    case Source::clairvoyant:
      return std::make_unique<Clairvoyant>(load);
    case Source::last2:
      return std::make_unique<Last2>(load);
    case Source::similar:
      return std::make_unique<Similar>(load);
    case Source::kernel:
    case Source::requested:
      break;
  }
  return std::make_unique<Requested>(load);
}

}  // namespace foreshape
