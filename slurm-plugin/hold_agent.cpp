#include "slurm-plugin/hold_agent.h"

#include <algorithm>
#include <set>
#include <utility>

#include "predictor/base/file.h"
#include "predictor/base/text.h"
#include "predictor/plan/allocation_planner.h"
#include "slurm-plugin/dry_run_control.h"
#include "slurm-plugin/hold_events.h"
#include "slurm-plugin/machine_view.h"

namespace foreshape {
namespace {

using Step = HoldEvent::Step;
using Action = HoldStep::Action;

constexpr std::size_t kMaxStateBytes = 16U << 20;
// A call to Slurm for a few seconds more is not worth it.
constexpr std::int64_t kExtendAfterSeconds = 10;
constexpr std::int64_t kLeastPoolLifeSeconds = 60;
constexpr std::int64_t kAskAgainSeconds = 600;  // for a user's number
constexpr std::int64_t kRefusedSeconds = 60;    // before the same is tried again

/// The pool outlives a few missed passes, no more: it is to die with us.
std::int64_t pool_life_s(std::int64_t agent_interval_s) {
  return std::max(kLeastPoolLifeSeconds, 3 * agent_interval_s);
}

std::string refusal_key(const WantedHold& hold) { return hold.partition + "/" + hold.user; }

/// Why a hold that is no longer wanted is given back.
std::string release_reason(const HoldStep& step, const std::vector<LiveHold>& live, UnixSeconds now_s) {
  if (step.hold.kind == HoldKind::pool) return "no short jobs foreseen, or the cap is reached";
  const auto hold = std::ranges::find(live, step.hold.name, &LiveHold::name);
  if (hold != live.end() && hold->is_fulfilled) return "its job came, no next one is foreseen";
  return now_s >= step.hold.deadline_s ? "nobody came by its deadline"
                                       : "settings or caps no longer allow it";
}

}  // namespace

HoldAgent::HoldAgent(RuntimeState& state, SlurmControl& control)
    : state_(state),
      real_(control),
      control_(&control),
      book_([this](const HoldEvent& event) { record(event); }),
      forecasts_(state.profiles),
      usher_(state.pool) {}

void HoldAgent::record(const HoldEvent& event) {
  HoldEvent said = event;
  // What did not really happen has one word only.
  if (mode_ == Mode::dry_run && said.step != Step::hit) said.step = Step::would;
  state_.events.push(said);
}

std::string HoldAgent::state_file() const {
  return state_.settings.get()->state_dir + (mode_ == Mode::dry_run ? "/holds-dry-run.json" : "/holds.json");
}

void HoldAgent::switch_to(Mode mode) {
  if (mode == mode_) return;
  usher_.close();
  mode_ = mode;
  has_given_back_ = false;
  dry_ = mode == Mode::dry_run ? std::make_unique<DryRunControl>(real_) : nullptr;
  control_ = dry_ ? dry_.get() : &real_;
  saved_.clear();
  book_.restore({});
  if (mode == Mode::off) return;
  auto text = read_file(state_file(), kMaxStateBytes);
  if (!text) return;  // the first time
  auto kept = parse_hold_state(*text, state_.clock.now_s());
  if (kept)
    book_.restore(std::move(*kept));
  else
    state_.log(LogLevel::error, state_file() + ": " + harmless(kept.error().message) + "; beginning anew");
}

void HoldAgent::give_all_back() {
  const auto seen = real_.look();
  if (!seen) return;
  std::set<std::string> ours;
  for (const SeenReservation& reservation : seen->reservations)
    if (is_our_hold(reservation, seen->at_s)) ours.insert(reservation.name);
  usher_.clear(ours, *seen, real_);
  has_given_back_ = true;
  for (const SeenReservation& reservation : seen->reservations) {
    if (!ours.contains(reservation.name)) continue;
    const bool done = real_.release(reservation.name).has_value();
    has_given_back_ = has_given_back_ && done;
    // Straight to the journal: it has really happened, also if dry-run begins with it.
    if (done)
      state_.events.push(hold_event(Step::released, HoldEvent::Action::release, hold_of(reservation),
                                    "holding is switched off", seen->at_s));
  }
}

void HoldAgent::pass(const Policy& policy) {
  switch_to(policy.hold.mode);
  summary_.mode = mode_;
  if (mode_ != Mode::on && !has_given_back_) {
    give_all_back();
    if (!has_given_back_) return;
  }
  if (mode_ == Mode::off) return;
  const auto seen = control_->look();
  if (!seen)
    return state_.log(LogLevel::debug, "holds: " + seen.error().message + "; asking again at the next pass");
  work(*seen, policy);
}

void HoldAgent::work(const SeenSlurm& seen, const Policy& policy) {
  const HoldPolicy& hold = policy.hold;
  forecasts_.begin_pass(seen.jobs);
  const ResourcePool pool =
      machine_view(seen, heads_.update(seen.jobs, seen.at_s), std::max(hold.window_s, hold.deadline_s),
                   [&](const SeenJob& job) { return forecasts_.expected_end_s(job, seen.at_s, policy); });
  book_.take_stock(seen, pool, hit_rules(policy));
  const std::vector<ForeseenJob> foreseen = foresee(pool, hold);
  const std::vector<LiveHold> live = book_.live();
  const HoldFacts facts{.foreseen = foreseen,
                        .pool = pool,
                        .live = live,
                        .ledger = book_.state().ledger,
                        .misses = book_.state().misses,
                        .pool_life_s = pool_life_s(state_.settings.get()->agent_interval_s)};
  carry_out(reconcile(plan_holds(facts, hold), live, kExtendAfterSeconds), seen);

  if (mode_ == Mode::on) show_to_pool(seen, pool, policy);
  summary_.foreseen_users = static_cast<std::uint32_t>(foreseen.size());
  summarise(pool);
  save();
}

void HoldAgent::show_to_pool(const SeenSlurm& seen, const ResourcePool& pool, const Policy& policy) {
  std::vector<LiveHold> pools;
  std::vector<UserId> served;
  for (LiveHold& hold : book_.live()) {
    if (hold.kind == HoldKind::pool)
      pools.push_back(std::move(hold));
    else if (const auto uid = user_id(hold.user))
      served.push_back(*uid);
  }
  const auto is_short = [&](const SeenJob& job) { return forecasts_.may_use_pool(job, policy); };
  usher_.pass(pools, served, seen, pool, is_short, *control_);
}

HitRules HoldAgent::hit_rules(const Policy& policy) {
  return {.uid_of = [this](const std::string& name) { return user_id(name); },
          .is_dry = mode_ == Mode::dry_run,
          .is_short = [this, &policy](const SeenJob& job) { return forecasts_.may_use_pool(job, policy); }};
}

std::optional<UserId> HoldAgent::user_id(const std::string& name) {
  KnownUser& known = users_[name];
  const UnixSeconds now_s = state_.clock.now_s();
  if (known.asked_s == 0 || now_s - known.asked_s > kAskAgainSeconds)
    known = {control_->user_id(name), now_s};
  return known.uid;
}

/// By the served model where it forecasts next submissions, else from gaps.
std::vector<Foresight> HoldAgent::forecast(UnixSeconds now_s, std::int64_t window_s, double least) {
  const auto served = state_.model.get();
  const auto live = state_.live.get();
  ArrivalNetwork network;
  if (served->network && served->network->model().arrivals)
    network.model = &*served->network->model().arrivals;
  network.live_jobs_of = [&](UserId uid, std::span<LiveJob> out) {
    return live->jobs_of(uid, state_.profiles, out);
  };
  const std::int64_t begun_ns = state_.clock.monotonic_ns();
  Foreseen foreseen = foresee_jobs(state_.profiles, now_s, window_s, least, network);
  summary_.forecaster = network.model != nullptr ? "model" : "gaps";
  summary_.forecast_us = (state_.clock.monotonic_ns() - begun_ns) / 1000;
  summary_.forecast_users = foreseen.users;
  summary_.forecast_by_network = foreseen.by_network;
  return std::move(foreseen.jobs);
}

std::vector<ForeseenJob> HoldAgent::foresee(const ResourcePool& pool, const HoldPolicy& policy) {
  std::map<TextHash, std::string> partitions;
  for (const PoolNode& node : pool.nodes)
    for (const std::string& name : node.partitions) partitions.emplace(text_hash(name), name);
  std::map<UserId, std::string> named;
  for (const std::string& name : policy.users)
    if (const auto uid = user_id(name)) named.emplace(*uid, name);
  const double least = std::min(policy.arrival_probability_min, policy.personal_probability_min);
  std::vector<ForeseenJob> jobs;
  for (Foresight& one : forecast(pool.at_s, policy.window_s, least)) {
    const auto partition = partitions.find(one.partition);
    if (partition == partitions.end()) continue;  // a list of partitions, or one that is gone
    one.job.partition = partition->second;
    if (const auto name = named.find(one.job.uid); name != named.end()) one.job.user = name->second;
    jobs.push_back(std::move(one.job));
  }
  return jobs;
}

void HoldAgent::carry_out(std::vector<HoldStep> steps, const SeenSlurm& seen) {
  const std::vector<LiveHold> live = book_.live();
  std::set<std::string> ending;
  for (HoldStep& step : steps) {
    if (step.action != Action::release) {
      step.hold.reason += std::string(", by ") + summary_.forecaster;
      continue;
    }
    step.hold.reason = release_reason(step, live, seen.at_s);
    ending.insert(step.hold.name);
  }
  usher_.clear(ending, seen, *control_);
  for (HoldStep& step : steps) carry_out_one(step, seen.at_s);
}

void HoldAgent::carry_out_one(HoldStep& step, UnixSeconds now_s) {
  WantedHold& hold = step.hold;
  const auto refused = refused_until_s_.find(refusal_key(hold));
  const bool wants_more = step.action == Action::create || step.action == Action::grow;
  if (wants_more && refused != refused_until_s_.end() && now_s < refused->second) return;
  if (step.action == Action::create)
    hold.name = book_.next_name(hold.kind, hold.kind == HoldKind::pool ? hold.partition : hold.user);
  const LiveHold after = hold_after(step);
  const HoldEvent::Action action = journal_action(step.action);
  // The pool is extended all day long: that is no step in its life.
  const bool is_worth_a_line = step.action != Action::extend || hold.kind == HoldKind::personal;
  const bool is_dry = mode_ == Mode::dry_run;
  if (is_worth_a_line && !is_dry) record(hold_event(Step::intend, action, after, hold.reason, now_s));
  if (const auto done = tell_slurm(step); !done) return refuse(step, done.error().message, now_s);
  book_.note_done(step, now_s);
  if (is_worth_a_line && step.action != Action::release)
    record(hold_event(Step::done, action, after, hold.reason, now_s));
}

Result<void> HoldAgent::tell_slurm(const HoldStep& step) {
  switch (step.action) {
    case Action::release:
      return control_->release(step.hold.name);
    case Action::create:
      return control_->create(step.hold);
    case Action::shrink:
    case Action::move:
    case Action::extend:
    case Action::grow:
      break;
  }
  return control_->change(step.hold);
}

void HoldAgent::refuse(const HoldStep& step, const std::string& reason, UnixSeconds now_s) {
  ++summary_.refused;
  summary_.last_refusal = harmless(reason);
  refused_until_s_[refusal_key(step.hold)] = now_s + kRefusedSeconds;
  record(
      hold_event(Step::refused, journal_action(step.action), hold_after(step), summary_.last_refusal, now_s));
  state_.log(LogLevel::info,
             "hold " + harmless(step.hold.name) + ": Slurm refuses: " + summary_.last_refusal);
}

void HoldAgent::save() {
  std::string text = format_hold_state(book_.state());
  if (text == saved_) return;
  if (auto written = replace_file(state_file(), text, 0600); !written)
    return state_.fault("holds", written.error().message);
  saved_ = std::move(text);
}

void HoldAgent::summarise(const ResourcePool& pool) {
  summary_.pool_nodes = summary_.pool_free_nodes = summary_.personal_holds = summary_.personal_nodes = 0;
  for (const LiveHold& hold : book_.live()) {
    const auto nodes = static_cast<std::uint32_t>(hold.nodes.size());
    if (hold.kind == HoldKind::personal) {
      ++summary_.personal_holds;
      summary_.personal_nodes += nodes;
      continue;
    }
    summary_.pool_nodes += nodes;
    for (const std::string& name : hold.nodes)
      if (const PoolNode* node = pool.find(name); node != nullptr && node->is_free)
        ++summary_.pool_free_nodes;
  }
  summary_.hits = book_.hits();
  summary_.misses = book_.misses();
  summary_.idle_node_s = book_.state().ledger.spent(pool.at_s);
}

}  // namespace foreshape
