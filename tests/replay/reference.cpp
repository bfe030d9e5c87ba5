// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/replay/reference.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <numeric>
#include <optional>

#include "predictor/plan/order_key.h"
#include "replay/estimator.h"
#include "replay/fair_share.h"

namespace foreshape {
namespace {

using Indices = std::vector<std::size_t>;

struct Job {
  enum State { unseen, waiting, running, done } state = unseen;
  std::int64_t start = -1, plan = 0, planned_end = 0, end = 0, promise = INT64_MAX, reserved = INT64_MAX;
  double order = 0, short_chance = 0;
  bool tried = false;
  std::int64_t trial_end = INT64_MAX,
               leaves = INT64_MAX;  // on trial: when it is over, when it is off its places
  std::vector<std::int64_t> where;  // cores of each place
  std::size_t order_of_start = 0;
  int corrections = 0;
};

class Reference {
 public:
  Reference(const Workload& load, const SchedulingPolicy& policy)
      : load_(load), policy_(policy), jobs_(load.jobs.size()), renewed_(load.users, INT64_MIN / 2) {
    if (policy.source == Source::kernel) kernel_ = make_estimator(policy, load);
    if (policy.fair_share) fair_share_.emplace(load, *policy.fair_share);
  }

  std::vector<std::int64_t> run() {
    while ((now_ = next_time()) != INT64_MAX) {
      if (fair_share_ && !in_state(Job::waiting).empty()) fair_share_->renew(now_);
      for (auto i : in_state(Job::running))
        if (jobs_[i].planned_end == now_ && jobs_[i].end > now_ && !is_on_trial(i)) correct(i);
      for (std::size_t i = 0; i < jobs_.size(); ++i) {
        if (jobs_[i].state != Job::unseen || load_.jobs[i].submit_s != now_) continue;
        jobs_[i].state = Job::waiting;
        estimate(i);
        if (fair_share_) fair_share_->submitted(static_cast<JobIndex>(i));
        if (fair_share_) fair_share_->renew(now_);
        pass();
      }
      auto running = in_state(Job::running);
      sort(running, [&](auto a, auto b) { return jobs_[a].order_of_start < jobs_[b].order_of_start; });
      for (auto i : running) {
        if (jobs_[i].end != now_) continue;
        jobs_[i].state = Job::done;
        ended_early_ = jobs_[i].planned_end > now_;
        ended_.push_back(i);
        if (fair_share_) fair_share_->ended(static_cast<JobIndex>(i), now_);
        if (kernel_) kernel_->ended(static_cast<JobIndex>(i), jobs_[i].start, now_);
        renew(load_.jobs[i].user);
        pass();
      }
      running = in_state(Job::running);
      sort(running, [&](auto a, auto b) { return jobs_[a].order_of_start < jobs_[b].order_of_start; });
      for (auto i : running) {
        if (jobs_[i].trial_end == now_) judge_trial(i);
        if (jobs_[i].leaves == now_) requeue(i);
      }
      if (policy_.backfill == Backfill::conservative && next_reserved() == now_) pass();
      if (tick_ == now_) {
        tick_ = INT64_MAX;
        slurm_backfill();
      }
    }
    std::vector<std::int64_t> starts;
    for (const Job& j : jobs_) starts.push_back(j.start);
    return starts;
  }

 private:
  template <class Before>
  static void sort(Indices& indices, Before&& before) {
    std::stable_sort(indices.begin(), indices.end(), before);
  }
  Indices in_state(Job::State state) const {
    Indices found;
    for (std::size_t i = 0; i < jobs_.size(); ++i)
      if (jobs_[i].state == state) found.push_back(i);
    return found;
  }
  std::int64_t procs(std::size_t i) const { return load_.jobs[i].procs; }
  double wait(std::size_t i) const { return static_cast<double>(now_ - load_.jobs[i].submit_s); }

  std::int64_t next_reserved() const {
    std::int64_t t = INT64_MAX;
    for (auto i : in_state(Job::waiting)) t = std::min(t, jobs_[i].reserved);
    return t;
  }

  std::int64_t next_time() const {
    std::int64_t t = std::min(tick_, next_reserved());
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
      if (jobs_[i].state == Job::unseen) t = std::min(t, load_.jobs[i].submit_s);
      if (jobs_[i].state == Job::running)
        t = std::min({t, jobs_[i].end, jobs_[i].planned_end, jobs_[i].trial_end, jobs_[i].leaves});
    }
    return t;
  }

  // --- estimates

  /// Run times of ended jobs that `fits` accepts, newest first.
  template <class Fits>
  std::vector<double> runs(Fits&& fits) const {
    std::vector<double> found;
    for (auto e = ended_.rbegin(); e != ended_.rend(); ++e)
      if (fits(load_.jobs[*e])) found.push_back(static_cast<double>(load_.jobs[*e].run_s));
    return found;
  }

  void estimate(std::size_t i) {
    const ReplayJob& j = load_.jobs[i];
    const auto limit = static_cast<double>(j.limit_s);
    double plan = limit, order = limit;
    const auto own = [&](const ReplayJob& e) { return e.user == j.user; };
    if (policy_.source == Source::clairvoyant) plan = order = static_cast<double>(j.run_s);
    if (policy_.source == Source::last2 && runs(own).size() > 1)
      plan = order = std::min(limit, std::floor((runs(own)[0] + runs(own)[1]) / 2));
    if (policy_.source == Source::similar) {
      const auto same_limit = [&](const ReplayJob& e) { return e.limit_s == j.limit_s; };
      for (const auto& past :
           {runs([&](const auto& e) { return own(e) && same_limit(e) && e.procs == j.procs; }),
            runs([&](const auto& e) { return own(e) && same_limit(e); }), runs(own), runs(same_limit)}) {
        if (past.empty()) continue;
        std::vector<std::pair<double, double>> weighted;
        double weight = 1, weights = 0, sum = 0, below = 0;
        for (std::size_t k = 0; k < past.size() && k < 40; ++k, weight *= 0.7) {
          weighted.emplace_back(past[k], weight);
          weights += weight;
          sum += weight * past[k];
        }
        std::sort(weighted.begin(), weighted.end());
        std::size_t k = 0;
        while ((below += weighted[k].second) < weights / 2) ++k;
        plan = std::min(limit, weighted[k].first);
        order = std::min(limit, sum / weights);
        break;
      }
    }
    if (kernel_) {
      const Estimate e = kernel_->estimate(static_cast<JobIndex>(i), now_);
      plan = static_cast<double>(e.plan_s);
      order = e.order_s;
    }
    jobs_[i].short_chance = plan < kShortRun ? 1 : 0;
    if (kernel_) jobs_[i].short_chance = kernel_->estimate(static_cast<JobIndex>(i), now_).short_chance;
    jobs_[i].plan = policy_.plan_requested ? j.limit_s : static_cast<std::int64_t>(plan);
    jobs_[i].order = order;
  }

  void renew(std::uint32_t user) {
    if (!policy_.renew_s || now_ - renewed_[user] < *policy_.renew_s) return;
    renewed_[user] = now_;
    for (auto i : in_state(Job::waiting))
      if (load_.jobs[i].user == user) estimate(i);
  }

  void correct(std::size_t i) {
    static const std::int64_t minutes[] = {1, 5, 15, 30, 60, 120, 300, 600, 1200, 3000, 6000};
    const int n = jobs_[i].corrections++;
    std::int64_t plan = load_.jobs[i].limit_s;
    if (policy_.correction == Correction::incremental && n < 11)
      plan = std::min(plan, jobs_[i].plan + 60 * minutes[n]);
    if (policy_.correction == Correction::next_quantile && kernel_)
      plan = kernel_->longer(static_cast<JobIndex>(i), now_ - jobs_[i].start);
    jobs_[i].planned_end = jobs_[i].start + plan;
  }

  // --- the machine: places with cores and memory; a pool is one place

  struct Place {
    std::int64_t cores = 0, memory = 0;
  };
  using Places = std::vector<Place>;

  Places empty_machine() const {
    const Cluster& c = load_.cluster;
    if (c.nodes == 0) return Places{{load_.procs, 0}};
    return Places(static_cast<std::size_t>(c.nodes), {c.cores_per_node, c.memory_per_node});
  }
  std::int64_t memory_per_core(std::size_t i) const {
    return load_.cluster.memory_per_node > 0 ? load_.jobs[i].demand.memory_per_core : 0;
  }
  /// Cores of each place that the job takes; empty if it does not fit. First fit, but Slurm's policies prefer
  /// whole runs of neighbours.
  std::vector<std::int64_t> place(const Places& places, std::size_t i) const {
    if (policy_.backfill != Backfill::slurm) return first_fit(places, i);
    auto taken = best_runs(places, i);
    return taken.empty() ? first_fit(places, i) : taken;
  }
  std::vector<std::int64_t> best_runs(const Places& places, std::size_t i) const {
    const NodeDemand& d = load_.jobs[i].demand;
    const std::int64_t share = d.nodes > 0 ? (procs(i) + d.nodes - 1) / d.nodes : 0;
    std::vector<std::int64_t> usable(places.size(), 0), taken(places.size(), 0);
    for (std::size_t n = 0; n < places.size(); ++n) {
      while (usable[n] < places[n].cores && (usable[n] + 1) * memory_per_core(i) <= places[n].memory)
        ++usable[n];
      if (share > 0) usable[n] = usable[n] >= share ? share : 0;
    }
    std::int64_t left = procs(i);
    while (left > 0) {
      std::size_t best = 0, best_end = 0;
      std::int64_t most = 0;
      for (std::size_t n = 0, end = 0; n < places.size(); n = end + 1) {
        std::int64_t sum = 0;
        for (end = n; end < places.size() && usable[end] > 0; ++end) sum += usable[end];
        if (most < left ? sum > most : sum >= left && sum < most) {
          best = n;
          best_end = end;
          most = sum;
        }
      }
      if (most == 0) return {};
      for (std::size_t n = best; n < best_end; ++n) {
        taken[n] = std::min(usable[n], left);
        left -= taken[n];
        usable[n] = 0;
      }
    }
    return taken;
  }
  std::vector<std::int64_t> first_fit(const Places& places, std::size_t i) const {
    const NodeDemand& d = load_.jobs[i].demand;
    const std::int64_t memory = memory_per_core(i);
    const bool bound = load_.cluster.nodes > 0 && d.nodes > 0;
    const std::int64_t share = bound ? (procs(i) + d.nodes - 1) / d.nodes : 0;
    std::vector<std::int64_t> taken(places.size(), 0);
    std::int64_t left = procs(i);
    for (std::size_t n = 0; n < places.size(); ++n) {
      std::int64_t most = 0;
      while (most < left && most < places[n].cores && (most + 1) * memory <= places[n].memory) ++most;
      if (bound) most = most >= std::min(share, left) ? std::min(share, left) : 0;
      taken[n] = most;
      left -= most;
    }
    return left == 0 ? taken : std::vector<std::int64_t>{};
  }
  void change(Places& places, std::size_t i, const std::vector<std::int64_t>& where, int sign) const {
    for (std::size_t n = 0; n < places.size(); ++n) {
      places[n].cores += sign * where[n];
      places[n].memory += sign * where[n] * memory_per_core(i);
    }
  }
  bool fits(const Places& places, std::size_t i) const { return !place(places, i).empty(); }

  std::int64_t planned_end(std::size_t i, bool by_request) const {
    return by_request ? jobs_[i].start + load_.jobs[i].limit_s : jobs_[i].planned_end;
  }
  /// What is free at that time if nothing more starts, as far as plans (or requests) tell.
  Places free_at(std::int64_t time, bool by_request = false) const {
    Places free = empty_machine();
    for (auto i : in_state(Job::running))
      if (planned_end(i, by_request) > time) change(free, i, jobs_[i].where, -1);
    return free;
  }
  /// Jobs that end this very second not counted as gone.
  Places truly_free() const { return free_at(INT64_MIN); }
  std::int64_t earliest_fit(std::size_t wanted, bool by_request) const {
    std::vector<std::int64_t> ends;
    for (auto i : in_state(Job::running)) ends.push_back(planned_end(i, by_request));
    std::sort(ends.begin(), ends.end());
    return *std::find_if(ends.begin(), ends.end(),
                         [&](auto t) { return fits(free_at(t, by_request), wanted); });
  }

  void start(std::size_t i, std::vector<std::int64_t> where) {
    Job& j = jobs_[i];
    j.where = std::move(where);
    j.state = Job::running;
    j.start = now_;
    j.order_of_start = starts_++;
    j.planned_end = now_ + j.plan;
    j.end = now_ + load_.jobs[i].run_s;
    if (fair_share_) fair_share_->started(static_cast<JobIndex>(i), now_);
    const double n = std::min<double>(static_cast<double>(starts_), policy_.protect_recent_jobs);
    square_wait_ = square_wait_ * (1 - 1 / n) + wait(i) * wait(i) / n;
  }

  // --- policies

  bool protected_job(std::size_t i) const {
    return wait(i) > std::max(static_cast<double>(policy_.protect_wait_s),
                              policy_.protect_rms_factor * std::sqrt(square_wait_));
  }
  double key(std::size_t i) const {
    const double share = static_cast<double>(procs(i)) / load_.procs;
    const std::int64_t offset =
        policy_.order == Order::static_key ? order_offset_s(jobs_[i].order, share, policy_.static_key) : 0;
    const double worth = fair_share_ ? fair_share_->worth_s(static_cast<JobIndex>(i)) : 0;
    return static_cast<double>(load_.jobs[i].submit_s + offset) - worth;
  }

  /// Waiting jobs in the policy's order; candidates: as seen by backfilling, the head left out.
  Indices in_order(bool candidates) const {
    Indices queue = in_state(Job::waiting);
    if (policy_.order == Order::shortest_first && candidates)
      sort(queue, [&](auto a, auto b) { return jobs_[a].plan < jobs_[b].plan; });
    if (policy_.has_priorities() && policy_.backfill == Backfill::slurm)
      sort(queue, [&](auto a, auto b) { return age(a) - offset(a) > age(b) - offset(b); });
    else if (policy_.order == Order::static_key)
      sort(queue, [&](auto a, auto b) { return key(a) < key(b); });
    if (policy_.order == Order::slowdown) {
      const auto slowed = [&](auto i) {
        return wait(i) / std::min(jobs_[i].order, static_cast<double>(policy_.order_cap_s));
      };
      sort(queue, [&](auto a, auto b) { return slowed(a) > slowed(b); });
      const auto rest =
          std::stable_partition(queue.begin(), queue.end(), [&](auto i) { return protected_job(i); });
      std::sort(queue.begin(), rest);
    }
    return queue;
  }

  void pass() {
    if (policy_.backfill == Backfill::head) return easy();
    if (policy_.backfill == Backfill::conservative) return conservative();
    slurm_main();
    const std::int64_t every = policy_.slurm.interval_s;
    if (tick_ == INT64_MAX && !in_state(Job::waiting).empty()) tick_ = (now_ / every + 1) * every;
  }

  void easy() {
    while (!in_order(false).empty() && fits(free_at(now_), in_order(false)[0])) {
      const std::size_t first = in_order(false)[0];
      start(first, place(free_at(now_), first));
    }
    if (in_order(false).empty()) return;
    const std::size_t head = in_order(false)[0];
    const std::int64_t shadow = earliest_fit(head, false);
    std::int64_t promise = INT64_MAX;
    if (policy_.promise_slack_s) {
      const std::int64_t possible = earliest_fit(head, true);
      if (jobs_[head].promise == INT64_MAX) jobs_[head].promise = possible + *policy_.promise_slack_s;
      promise = std::max(jobs_[head].promise, possible);
    }
    for (auto i : in_order(true)) {
      const auto where = place(free_at(now_), i);
      if (i == head || where.empty()) continue;
      const auto leaves_room = [&](Places then) {
        change(then, i, where, -1);
        return fits(then, head);
      };
      if (now_ + jobs_[i].plan > shadow && !leaves_room(free_at(shadow))) continue;
      if (promise != INT64_MAX && now_ + load_.jobs[i].limit_s > promise &&
          !leaves_room(free_at(promise, true)))
        continue;
      start(i, where);
    }
  }

  double offset(std::size_t i) const {
    return policy_.has_priorities() ? key(i) - static_cast<double>(load_.jobs[i].submit_s) : 0;
  }
  double age(std::size_t i) const { return std::min(wait(i), static_cast<double>(policy_.slurm.max_age_s)); }
  bool may_reserve(std::size_t i) const {
    return wait(i) >= static_cast<double>(policy_.slurm.min_age_reserve_s) &&
           (!policy_.slurm.reserve_overdue_only ||
            age(i) - offset(i) >= static_cast<double>(policy_.slurm.reserve_after_s));
  }
  void slurm_main() {
    std::uint32_t tested = 0;
    for (auto i : in_order(false)) {
      if (tested++ == policy_.slurm.main_depth || cores(truly_free()) <= 0) return;
      if (const auto where = place(truly_free(), i); !where.empty())
        start(i, where);
      else if (may_reserve(i))
        return;
    }
  }
  static std::int64_t cores(const Places& places) {
    std::int64_t sum = 0;
    for (const Place& r : places) sum += r.cores;
    return sum;
  }

  struct Taken {
    std::int64_t from, to;
    std::size_t job;
    std::vector<std::int64_t> where;
    bool whole_nodes = false;
  };
  struct Slot {
    std::int64_t from = INT64_MAX;
    std::vector<std::int64_t> where;
  };
  /// The least that is free in [from, to).
  Places free_throughout(std::int64_t from, std::int64_t to, const std::vector<Taken>& taken) const {
    std::vector<std::int64_t> times = {from};
    for (const Taken& t : taken)
      if (t.from > from && t.from < to) times.push_back(t.from);
    Places least = empty_machine();
    for (const std::int64_t at : times) {
      Places free = empty_machine();
      for (const Taken& t : taken)
        if (t.from <= at && at < t.to) change(free, t.job, t.where, -1);
      for (const Taken& t : taken)
        for (std::size_t n = 0; t.whole_nodes && t.from <= at && at < t.to && n < free.size(); ++n)
          if (t.where[n] > 0) free[n].cores = 0;
      for (std::size_t n = 0; n < free.size(); ++n)
        least[n] = {std::min(least[n].cores, free[n].cores), std::min(least[n].memory, free[n].memory)};
    }
    return least;
  }
  /// The earliest slot from now on between what is taken.
  Slot earliest(std::size_t i, const std::vector<Taken>& taken) const {
    std::vector<std::int64_t> times = {now_};
    for (const Taken& t : taken) times.insert(times.end(), {t.from, t.to});
    std::sort(times.begin(), times.end());
    for (const std::int64_t from : times) {
      if (from < now_ || from == INT64_MAX) continue;
      auto where = place(free_throughout(from, from + jobs_[i].plan, taken), i);
      if (!where.empty()) return {from, where};
    }
    return {};
  }

  /// The last planned end of the window that this one lies in.
  std::int64_t seen_end(std::int64_t end) const {
    std::vector<std::int64_t> ends;
    for (auto i : in_state(Job::running)) ends.push_back(jobs_[i].planned_end);
    std::sort(ends.begin(), ends.end());
    std::int64_t length = policy_.slurm.precision_s;
    for (auto first = ends.begin();;) {
      auto next = std::upper_bound(first, ends.end(), *first + length);
      next =
          std::min(next, first + std::min<std::ptrdiff_t>(policy_.slurm.precision_jobs, ends.end() - first));
      next = std::upper_bound(first, ends.end(), *(next - 1));
      if (end <= *(next - 1)) return *(next - 1);
      first = next;
      length += policy_.slurm.window_linear_s > 0 ? policy_.slurm.window_linear_s : length;
    }
  }
  std::int64_t up(std::int64_t t) const {
    const std::int64_t step = policy_.slurm.resolution_s;
    return (t + step - 1) / step * step;
  }
  std::vector<Taken> taken_by_running() const {
    std::vector<Taken> taken;
    for (auto i : in_state(Job::running)) {
      const std::int64_t end = up(seen_end(jobs_[i].planned_end));
      taken.push_back({now_, end <= now_ + policy_.slurm.window_s ? end : INT64_MAX, i, jobs_[i].where});
    }
    return taken;
  }
  Taken reservation(std::size_t i, const Slot& slot) const {
    const std::int64_t from = slot.from / policy_.slurm.resolution_s * policy_.slurm.resolution_s;
    return {from, up(slot.from + jobs_[i].plan), i, slot.where, load_.cluster.nodes > 0};
  }
  void slurm_backfill() {
    const SlurmLoop& s = policy_.slurm;
    std::vector<Taken> taken = taken_by_running();
    Indices to_try;
    std::uint32_t tested = 0;
    for (auto i : in_order(false)) {
      if (tested++ == s.jobs_max) break;
      const Slot slot = earliest(i, taken);
      if (slot.from == now_) {
        taken.push_back({now_, up(now_ + jobs_[i].plan), i, slot.where});
        start(i, slot.where);
      } else {
        to_try.push_back(i);
        if (slot.from <= now_ + s.window_s && may_reserve(i)) taken.push_back(reservation(i, slot));
      }
    }
    if (policy_.trial)
      for (auto i : to_try) try_if_possible(i, taken);
  }

  // --- trials

  bool is_on_trial(std::size_t i) const {
    return jobs_[i].trial_end != INT64_MAX || jobs_[i].leaves != INT64_MAX;
  }
  void try_if_possible(std::size_t i, std::vector<Taken>& taken) {
    const TrialPolicy& trial = *policy_.trial;
    const std::int64_t hold = trial.length_s + trial.start_cost_s;
    auto& so_far = trials_of_day_[{load_.jobs[i].user, now_ / 86'400}];
    Job& j = jobs_[i];
    if (j.tried || j.plan <= hold || j.short_chance < trial.chance_min || so_far >= trial.user_day_max)
      return;
    const auto where = place(free_throughout(now_, now_ + hold, taken), i);
    if (where.empty()) return;
    taken.push_back({now_, up(now_ + hold), i, where});
    start(i, where);
    ++so_far;
    j.tried = true;
    j.planned_end = now_ + hold;
    if (load_.jobs[i].run_s <= trial.length_s) return;
    j.end = INT64_MAX;
    j.trial_end = now_ + trial.length_s;
  }
  /// When those before it in the queue are planned to start, should it run until then.
  std::vector<std::int64_t> starts_before(std::size_t trial, std::int64_t until) {
    jobs_[trial].planned_end = until;
    std::vector<Taken> taken = taken_by_running();
    jobs_[trial].state = Job::waiting;  // for its place
    const Indices queue = in_order(false);
    jobs_[trial].state = Job::running;
    std::vector<std::int64_t> starts;
    for (auto i : queue) {
      if (i == trial || starts.size() == policy_.slurm.jobs_max) break;
      const Slot slot = earliest(i, taken);
      const bool is_seen = slot.from <= (may_reserve(i) ? now_ + policy_.slurm.window_s : up(now_));
      starts.push_back(is_seen ? slot.from : INT64_MAX);
      if (is_seen) taken.push_back(reservation(i, slot));
    }
    return starts;
  }
  void judge_trial(std::size_t i) {
    Job& j = jobs_[i];
    const auto without = starts_before(i, now_);
    const bool runs_on = starts_before(i, j.start + j.plan) == without;
    j.trial_end = INT64_MAX;
    if (runs_on)
      j.end = j.start + load_.jobs[i].run_s;
    else
      j.leaves = j.planned_end = now_ + policy_.trial->start_cost_s;
  }
  void requeue(std::size_t i) {
    jobs_[i].state = Job::waiting;
    jobs_[i].start = -1;
    jobs_[i].leaves = INT64_MAX;
    if (fair_share_) fair_share_->ended(static_cast<JobIndex>(i), now_);
    pass();
  }

  /// Every job keeps a reservation; each may only move forward, tried in order of arrival.
  void conservative() {
    const auto taken_without = [&](std::size_t left_out) {
      std::vector<Taken> taken;
      for (auto i : in_state(Job::running)) taken.push_back({now_, jobs_[i].planned_end, i, jobs_[i].where});
      for (auto i : in_state(Job::waiting))
        if (i != left_out && jobs_[i].reserved != INT64_MAX)
          taken.push_back({jobs_[i].reserved, jobs_[i].reserved + jobs_[i].plan, i, jobs_[i].where});
      return taken;
    };
    // After a correction plans collide: all reservations are made anew.
    int corrections = 0;
    for (const Job& j : jobs_) corrections += j.corrections;
    if (corrections != seen_corrections_)
      for (auto i : in_state(Job::waiting)) jobs_[i].reserved = INT64_MAX;
    seen_corrections_ = corrections;
    for (auto i : in_state(Job::waiting)) {
      if (!ended_early_ && jobs_[i].reserved != INT64_MAX) continue;
      const Slot slot = earliest(i, taken_without(i));
      if (slot.from >= jobs_[i].reserved) continue;
      jobs_[i].reserved = slot.from;
      jobs_[i].where = slot.where;
    }
    ended_early_ = false;
    for (auto i : in_state(Job::waiting))
      if (jobs_[i].reserved <= now_) start(i, jobs_[i].where);
  }

  const Workload& load_;
  const SchedulingPolicy& policy_;
  std::vector<Job> jobs_;
  std::vector<std::int64_t> renewed_;
  std::unique_ptr<Estimator> kernel_;  // the predictor as it is: this checks schedulers
  std::optional<FairShare> fair_share_;
  std::map<std::pair<std::uint32_t, std::int64_t>, std::uint32_t> trials_of_day_;  // by user and day
  Indices ended_;  // in the order of their ends
  std::int64_t now_ = 0, tick_ = INT64_MAX;
  std::size_t starts_ = 0;
  double square_wait_ = 0;
  int seen_corrections_ = 0;
  bool ended_early_ = false;
};

}  // namespace

std::vector<std::int64_t> reference_starts(const Workload& load, const SchedulingPolicy& policy) {
  return Reference{load, policy}.run();
}

}  // namespace foreshape
