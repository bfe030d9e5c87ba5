// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>
#include <vector>

#include "replay/estimator.h"

namespace foreshape {
namespace {

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
      Estimate e = Estimate::of(std::min(found->second.median, j.limit_s));
      e.order_s = std::min(found->second.mean, static_cast<double>(j.limit_s));
      return e;
    }
    return Estimate::of(j.limit_s);
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
      for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        weighted.emplace_back(*run, weight);
        weights += weight;
        sum += weight * static_cast<double>(*run);
        weight *= kDecay;
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

std::unique_ptr<Estimator> make_similar_estimator(const Workload& load) {
  return std::make_unique<Similar>(load);
}

}  // namespace foreshape
