#include "tests/replay/reference.h"

#include <algorithm>

namespace foreshape {
namespace {

struct Job {
  enum { unseen, waiting, running, done } state = unseen;
  std::int64_t start = -1, plan = 0, planned_end = 0, end = 0;
  std::size_t order_of_start = 0;
  int corrections = 0;
};

class Reference {
 public:
  Reference(const Workload& load, const SchedulingPolicy& policy)
      : load_(load), policy_(policy), jobs_(load.jobs.size()) {}

  std::vector<std::int64_t> run() {
    // Every second in which something may happen, one after the other.
    while (true) {
      now_ = next_time();
      if (now_ == INT64_MAX) break;
      for (auto& i : all())
        if (jobs_[i].state == Job::running && jobs_[i].planned_end == now_ && jobs_[i].end > now_) correct(i);
      for (auto& i : all()) {
        if (jobs_[i].state != Job::unseen || load_.jobs[i].submit_s != now_) continue;
        jobs_[i].state = Job::waiting;
        jobs_[i].plan = estimate(i);
        pass();
      }
      for (auto& i : by_start()) {
        if (jobs_[i].state != Job::running || jobs_[i].end != now_) continue;
        jobs_[i].state = Job::done;
        ended_.push_back(i);
        pass();
      }
    }
    std::vector<std::int64_t> starts;
    for (const Job& j : jobs_) starts.push_back(j.start);
    return starts;
  }

 private:
  std::vector<std::size_t> all() const {
    std::vector<std::size_t> indices(jobs_.size());
    for (std::size_t i = 0; i < indices.size(); ++i) indices[i] = i;
    return indices;
  }
  std::vector<std::size_t> by_start() const {
    auto indices = all();
    std::stable_sort(indices.begin(), indices.end(),
                     [&](auto a, auto b) { return jobs_[a].order_of_start < jobs_[b].order_of_start; });
    return indices;
  }
  std::vector<std::size_t> in_state(int state) const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < jobs_.size(); ++i)
      if (jobs_[i].state == state) found.push_back(i);
    return found;
  }

  std::int64_t next_time() const {
    std::int64_t t = INT64_MAX;
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
      if (jobs_[i].state == Job::unseen) t = std::min(t, load_.jobs[i].submit_s);
      if (jobs_[i].state == Job::running) t = std::min({t, jobs_[i].end, jobs_[i].planned_end});
    }
    return t;
  }

  std::int64_t estimate(std::size_t i) const {
    const ReplayJob& j = load_.jobs[i];
    if (policy_.source == Source::clairvoyant) return j.run_s;
    if (policy_.source != Source::last2) return j.limit_s;
    std::vector<std::int64_t> own;
    for (auto e : ended_)
      if (load_.jobs[e].user == j.user) own.push_back(load_.jobs[e].run_s);
    if (own.size() < 2) return j.limit_s;
    return std::min(j.limit_s, (own[own.size() - 1] + own[own.size() - 2]) / 2);
  }

  void correct(std::size_t i) {
    static const std::int64_t minutes[] = {1, 5, 15, 30, 60, 120, 300, 600, 1200, 3000, 6000};
    const int n = jobs_[i].corrections++;
    std::int64_t plan = load_.jobs[i].limit_s;
    if (policy_.correction == Correction::incremental && n < 11)
      plan = std::min(plan, jobs_[i].plan + 60 * minutes[n]);
    jobs_[i].planned_end = jobs_[i].start + plan;
  }

  /// Processors free at that time if nothing more starts, as far as plans tell.
  std::int64_t free_at(std::int64_t time) const {
    std::int64_t free = load_.procs;
    for (auto i : in_state(Job::running))
      if (jobs_[i].planned_end > time) free -= load_.jobs[i].procs;
    return free;
  }

  void start(std::size_t i) {
    Job& j = jobs_[i];
    j.state = Job::running;
    j.start = now_;
    j.order_of_start = starts_++;
    j.planned_end = now_ + j.plan;
    j.end = now_ + load_.jobs[i].run_s;
  }

  void pass() {
    auto queue = in_state(Job::waiting);
    while (!queue.empty() && load_.jobs[queue[0]].procs <= free_at(now_)) {
      start(queue[0]);
      queue.erase(queue.begin());
    }
    if (queue.empty()) return;
    const std::int64_t head = load_.jobs[queue[0]].procs;
    std::vector<std::int64_t> ends;
    for (auto i : in_state(Job::running)) ends.push_back(jobs_[i].planned_end);
    std::sort(ends.begin(), ends.end());
    const auto shadow = *std::find_if(ends.begin(), ends.end(), [&](auto t) { return free_at(t) >= head; });
    std::int64_t extra = free_at(shadow) - head;
    queue.erase(queue.begin());
    if (policy_.order == Order::shortest_first)
      std::stable_sort(queue.begin(), queue.end(),
                       [&](auto a, auto b) { return jobs_[a].plan < jobs_[b].plan; });
    for (auto i : queue) {
      const std::int64_t procs = load_.jobs[i].procs;
      const bool ends_before = now_ + jobs_[i].plan <= shadow;
      if (procs > free_at(now_) || (!ends_before && procs > extra)) continue;
      if (!ends_before) extra -= procs;
      start(i);
    }
  }

  const Workload& load_;
  const SchedulingPolicy& policy_;
  std::vector<Job> jobs_;
  std::vector<std::size_t> ended_;  // in the order of their ends
  std::int64_t now_ = 0;
  std::size_t starts_ = 0;
};

}  // namespace

std::vector<std::int64_t> reference_starts(const Workload& load, const SchedulingPolicy& policy) {
  return Reference{load, policy}.run();
}

}  // namespace foreshape
