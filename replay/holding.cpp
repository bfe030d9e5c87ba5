// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/holding.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <string_view>
#include <utility>

#include "predictor/plan/allocation_planner.h"
#include "predictor/plan/expected_end.h"
#include "replay/slurm_queue.h"

namespace foreshape {
namespace {

/// What the policy's shares are on this machine.
HoldPolicy rules_of(const HoldingPolicy& policy, std::int32_t procs) {
  HoldPolicy rules = policy.rules;
  rules.mode = HoldMode::on;
  rules.chains = false;
  const double day_s = 86'400.0 * procs;
  rules.idle_cap_node_s = std::llround(policy.idle_share_max * day_s);
  rules.idle_cap_per_partition_node_s = rules.idle_cap_node_s;
  // Who foresees nobody in particular has all of it.
  rules.idle_cap_per_user_node_s =
      policy.forecast == HoldForecast::arrivals ? rules.idle_cap_node_s / 6 : rules.idle_cap_node_s;
  return rules;
}

/// As long as each other: the planner sorts them.
std::string name_of(char kind, std::uint32_t number) {
  char name[16];
  std::snprintf(name, sizeof name, "%c%09u", kind, number);
  return name;
}

std::uint32_t number_of(std::string_view name) {
  std::uint32_t number = 0;
  std::from_chars(name.data() + 1, name.data() + name.size(), number);
  return number;
}

}  // namespace

Holding::Holding(SimulationState& state)
    : state_(state),
      rules_(rules_of(*state.policy.hold, state.load.procs)),
      foreseen_(make_foreseen_jobs(state.load, state.policy, rules_)) {
  for (std::int32_t p = 0; p < state.load.procs; ++p) {
    PoolNode& node = pool_.nodes.emplace_back();
    node.name = name_of('p', static_cast<std::uint32_t>(p));
    node.partitions = {kReplayPartition};
    node.usable = true;
    node.cpus = 1;
  }
  pool_.queues = {{.partition = kReplayPartition}};
}

void Holding::submitted(JobIndex job) {
  foreseen_->submitted(job, state_.at_submission[job]);
  if (due_ == INT64_MAX) due_ = (state_.now / kRound_s + 1) * kRound_s;
  if (state_.jobs[job].start_s < 0) let_in();
}

void Holding::ended(JobIndex job) {
  const std::int64_t start_s = state_.jobs[job].start_s;
  foreseen_->ended(job, start_s, state_.now);
  if (const auto in = may_run_s_.find(job); in != may_run_s_.end()) {
    if (state_.now - start_s > in->second)
      overruns_.note_miss(std::to_string(state_.load.jobs[job].request.uid), state_.now, kOverrunBarSeconds);
    may_run_s_.erase(in);
  }
}

bool Holding::round() {
  const std::int64_t free_before = state_.free;
  for (const JobIndex job : std::exchange(state_.newly_started, {}))
    foreseen_->started(job, state_.jobs[job].start_s);
  see_machine();
  see_queue();
  account_idle();
  give_back_ended();
  const bool quiet = is_quiet();
  if (!quiet) {
    plan();
    let_in();
  }
  due_ = quiet && holds_.empty() ? INT64_MAX : state_.now + kRound_s;
  return state_.free > free_before;
}

std::int64_t Holding::expected_end_s(JobIndex job) const {
  const std::int64_t start_s = state_.jobs[job].start_s;
  const Estimate& said = state_.at_submission[job];
  return foreshape::expected_end_s({.start_s = start_s,
                                    .typical_s = std::llround(said.point_s),
                                    .most_s = std::llround(said.quantiles_s[1]),
                                    .limit_end_s = start_s + state_.load.jobs[job].limit_s},
                                   state_.now);
}

void Holding::see_machine() {
  pool_.at_s = state_.now;
  for (auto& [number, hold] : holds_) hold.vacant = 0;
  JobIndex last = SimulationState::kNone;  // neighbours often have the same job
  std::int64_t end_s = 0;
  for (std::size_t p = 0; p < pool_.nodes.size(); ++p) {
    const Processor& processor = state_.processors->all()[p];
    PoolNode& node = pool_.nodes[p];
    node.is_free = !processor.job;
    node.since_s = processor.since_s;
    node.jobs = processor.job ? 1 : 0;
    node.admitted.reset();
    if (!processor.job) {
      if (processor.hold != 0) ++holds_.at(processor.hold).vacant;
      continue;
    }
    if (*processor.job != last) end_s = expected_end_s(last = *processor.job);
    node.free_at_s = end_s;
    if (processor.entered != 0) node.admitted = state_.load.jobs[*processor.job].request.uid;
  }
}

void Holding::see_queue() {
  WaitingQueue& queue = pool_.queues.front();
  queue.waiting = static_cast<std::uint32_t>(state_.queue.size());
  const auto first = first_by_priority(state_, 1);
  const JobId head = first.empty() ? 0 : first.front().job + 1;
  if (head != queue.head) queue.head_since_s = state_.now;
  queue.head = head;
  queue.head_nodes = first.empty() ? 0 : static_cast<std::uint32_t>(first.front().procs);
}

void Holding::account_idle() {
  for (const auto& [number, hold] : holds_) {
    const std::int64_t idle = idle_node_s(hold.live, pool_, std::max(looked_s_, hold.live.made_s));
    outcome_.idle_s += idle;
    if (hold.live.kind == HoldKind::personal)
      ledger_.add(state_.now, kReplayPartition, hold.live.user, idle);
    else
      ledger_.add_shared(state_.now, kReplayPartition, served_, idle);
  }
  looked_s_ = state_.now;
}

void Holding::give_back_ended() {
  std::vector<HoldNumber> ended;
  for (const auto& [number, hold] : holds_)
    if (hold.live.ends_s <= state_.now) ended.push_back(number);
  for (const HoldNumber number : ended) close(number);
}

void Holding::let_go(ProcessorIndex processor) {
  state_.processors->let_go(processor, state_.now);
  pool_.nodes[processor].held_by.clear();
}

void Holding::close(HoldNumber number) {
  const Hold& hold = holds_.at(number);
  const LiveHold& live = hold.live;
  if (live.kind == HoldKind::personal && !live.is_fulfilled && live.deadline_s <= state_.now) {
    ++outcome_.misses;
    misses_.note_miss(live.user, state_.now, live.deadline_s - hold.live.made_s);
  }
  for (const std::string& node : live.nodes) let_go(number_of(node));
  holds_.erase(number);
}

void Holding::plan() {
  const std::vector<ForeseenJob> foreseen = foreseen_->foresee(state_.now);
  std::vector<LiveHold> live;
  for (const auto& [number, hold] : holds_) live.push_back(hold.live);
  take_over(plan_holds(
      {.foreseen = foreseen, .pool = pool_, .live = live, .ledger = ledger_, .misses = misses_}, rules_));
}

/// First all that is given up, then all that is taken: processors may go from one hold to another.
void Holding::take_over(const std::vector<WantedHold>& wanted) {
  std::map<HoldNumber, const WantedHold*> plan;
  for (const WantedHold& one : wanted) plan[one.name.empty() ? next_number_++ : number_of(one.name)] = &one;
  std::vector<HoldNumber> over;
  for (auto& [number, hold] : holds_) {
    const auto found = plan.find(number);
    if (found == plan.end()) {
      over.push_back(number);
      continue;
    }
    const std::vector<std::string>& kept = found->second->nodes;
    for (const std::string& node : hold.live.nodes)
      if (!std::ranges::binary_search(kept, node)) let_go(number_of(node));
  }
  for (const HoldNumber number : over) close(number);
  served_.clear();
  for (const auto& [number, one] : plan) {
    make(number, *one);
    if (one->kind == HoldKind::pool) served_ = one->served;
  }
}

void Holding::make(HoldNumber number, const WantedHold& wanted) {
  Hold& hold = holds_[number];
  const bool is_new = hold.live.name.empty() ||
                      (wanted.kind == HoldKind::personal && wanted.deadline_s != hold.live.deadline_s);
  outcome_.personal += is_new && wanted.kind == HoldKind::personal ? 1 : 0;
  const bool stays_fulfilled = hold.live.is_fulfilled && !is_new;
  hold.live = {.kind = wanted.kind,
               .name = name_of('h', number),
               .partition = wanted.partition,
               .user = wanted.user,
               .nodes = wanted.nodes,
               .deadline_s = wanted.deadline_s,
               .is_fulfilled = stays_fulfilled,
               .ends_s = wanted.ends_s,
               .made_s = is_new ? state_.now : hold.live.made_s};
  hold.vacant = 0;
  for (const std::string& node : wanted.nodes) {
    const ProcessorIndex p = number_of(node);
    const Processor& processor = state_.processors->all()[p];
    if (processor.hold == number)
      state_.processors->extend(p, wanted.ends_s);
    else
      state_.processors->hold(p, number, wanted.ends_s);
    pool_.nodes[p].held_by = hold.live.name;
    hold.vacant += processor.job ? 0 : 1;
  }
}

std::optional<std::int64_t> Holding::may_run_s(JobIndex job, HoldKind kind) const {
  const Estimate& said = state_.at_submission[job];
  const JobRequest& request = state_.load.jobs[job].request;
  const HoldRunTime run = hold_run_time(said);
  if (!said.is_known || overruns_.is_barred(std::to_string(request.uid), state_.now)) return std::nullopt;
  if (kind == HoldKind::pool && !is_pool_job(request, run, rules_)) return std::nullopt;
  if (kind == HoldKind::personal && !is_short_run(run, rules_)) return std::nullopt;  // they are everybody's
  return run_in_hold_s(request, run.at_95_s, rules_);
}

/// Users with a hold of their own that still waits for a job are left to that: the pool is for the others, and for jobs
/// that waited before the hold was made.
Holding::Hold* Holding::hold_for(const Waiting& w, HoldNumber& number) {
  const std::string user = std::to_string(state_.load.jobs[w.job].request.uid);
  Hold* found = nullptr;
  for (auto& [n, hold] : holds_) {
    const bool is_personal = hold.live.kind == HoldKind::personal;
    const bool is_mine = is_personal && hold.live.user == user && !hold.live.is_fulfilled;
    if (is_personal && !is_mine) continue;
    if (is_mine && w.submit_s < hold.live.made_s) continue;
    if (w.procs <= hold.vacant) {
      found = &hold;
      number = n;
    }
    if (is_mine) return w.procs <= hold.vacant ? &hold : nullptr;
  }
  return found;
}

void Holding::let_in() {
  std::int64_t most = 0;
  for (const auto& [number, hold] : holds_) most = std::max(most, hold.vacant);
  if (most == 0) return;
  for (const Waiting& w : first_by_priority(state_, state_.queue.size())) {
    if (w.procs > most) continue;
    HoldNumber number = 0;
    Hold* hold = hold_for(w, number);
    if (hold == nullptr) continue;
    if (const auto run_s = may_run_s(w.job, hold->live.kind)) enter(w, number, *hold, *run_s);
  }
}

void Holding::enter(const Waiting& w, HoldNumber number, Hold& hold, std::int64_t may_run_s) {
  state_.queue.erase(w);
  state_.start_in(number, w.job);
  hold.vacant -= w.procs;
  may_run_s_[w.job] = may_run_s;
  outcome_.hits.push_back({w.job, hold.live.kind});
  if (hold.live.kind != HoldKind::personal) return;
  hold.live.is_fulfilled = true;
  misses_.note_hit(hold.live.user);
}

}  // namespace foreshape
