// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/hold/hold_agent.h"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <set>
#include <utility>

#include "predictor/base/text.h"
#include "predictor/plan/allocation_planner.h"
#include "slurm-plugin/hold/dry_run_control.h"
#include "slurm-plugin/hold/hold_events.h"
#include "slurm-plugin/hold/machine_view.h"

namespace foreshape {
namespace {

// A call to Slurm for a few seconds more is not worth it.
constexpr std::int64_t kExtendAfterSeconds = 10;
constexpr std::int64_t kMinPoolLifeSeconds = 60;
constexpr std::int64_t kRefusedSeconds = 60;    // before the same is tried again
constexpr std::int64_t kDeletedSeconds = 3600;  // the same, where somebody has deleted it
// By so much the clock may be slewed, or a look at Slurm be late, between two passes.
constexpr std::int64_t kClockStepSeconds = 30;

/// The pool outlives a few missed passes, no more: it is to die with us.
std::int64_t pool_life_s(std::int64_t agent_interval_s) {
  return std::max(kMinPoolLifeSeconds, 3 * agent_interval_s);
}

std::string refusal_key(const auto& hold) { return hold.partition + "/" + hold.user; }

/// Why a hold that is no longer wanted is given back.
std::string release_reason(const HoldStep& step, const std::vector<LiveHold>& live, UnixSeconds now_s) {
  if (step.hold.kind == HoldKind::pool) return "no short jobs foreseen, or the cap is reached";
  const auto hold = std::ranges::find(live, step.hold.name, &LiveHold::name);
  if (hold != live.end() && hold->is_fulfilled) return "its job came, no next one is foreseen";
  if (now_s >= step.hold.deadline_s) return "nobody came by its deadline";
  return step.hold.chain.is_open() ? "the chain has had its time, or settings or caps no longer allow it"
                                   : "settings or caps no longer allow it";
}

}  // namespace

HoldAgent::HoldAgent(RuntimeState& state, SlurmControl& control)
    : state_(state),
      real_(control),
      control_(&control),
      ledger_([this](const HoldEvent& event) { record(event); }),
      next_jobs_(state),
      forecasts_(state.profiles),
      assigner_(state.admission) {}

void HoldAgent::record(const HoldEvent& event) {
  HoldEvent recorded = event;
  // What did not really happen has one word only.
  if (mode_ == HoldMode::dry_run && recorded.step != HoldPhase::hit) recorded.step = HoldPhase::would;
  state_.events.push(recorded);
}

std::string HoldAgent::state_file() const {
  return state_.settings.get()->state_dir +
         (mode_ == HoldMode::dry_run ? "/holds-dry-run.json" : "/holds.json");
}

void HoldAgent::switch_to(HoldMode mode) {
  if (mode == mode_) return;
  assigner_.close();
  mode_ = mode;
  has_given_back_ = false;
  is_first_look_ = true;
  dry_ = mode == HoldMode::dry_run ? std::make_unique<DryRunControl>(real_) : nullptr;
  control_ = dry_ ? dry_.get() : &real_;
  ledger_.restore({});
  if (mode == HoldMode::off) return;
  auto kept = file_.read(state_file(), state_.clock.now_s());
  if (kept) {
    assigner_.restore(std::move(kept->admitted));
    ledger_.restore(std::move(*kept));
  } else if (kept.error().code != ErrorCode::not_found) {  // not_found: the first time
    state_.log(LogLevel::error, harmless(kept.error().message) + "; beginning anew");
  }
}

void HoldAgent::give_all_back() {
  const auto seen = real_.look();
  if (!seen) return;
  std::set<std::string> ours;
  for (const SeenReservation& reservation : seen->reservations)
    if (is_our_hold(reservation, seen->at_s)) ours.insert(reservation.name);
  // Also out of holds that have ended meanwhile: with such a name a job waits for ever.
  std::set<std::string> named = ours;
  for (const SeenJob& job : seen->jobs)
    if (names_a_hold(job.reservation)) named.insert(job.reservation);
  has_given_back_ = assigner_.clear(named, *seen, real_);
  if (!has_given_back_) return;
  for (const SeenReservation& reservation : seen->reservations) {
    if (!ours.contains(reservation.name)) continue;
    const bool done = real_.release(reservation.name).has_value();
    has_given_back_ = has_given_back_ && done;
    // Straight to the journal: it has really happened, also if dry-run begins with it.
    if (done)
      state_.events.push(hold_event(HoldPhase::released, HoldAction::release, hold_of(reservation),
                                    "holding is switched off", seen->at_s));
  }
}

void HoldAgent::pass(const Policy& policy) {
  switch_to(policy.hold.mode);
  summary_.mode = mode_;
  if (mode_ != HoldMode::on && !has_given_back_) {
    give_all_back();
    if (!has_given_back_) return;
  }
  if (mode_ == HoldMode::off) return;
  const auto seen = control_->look();
  if (!seen)
    return state_.log(LogLevel::debug, "holds: " + seen.error().message + "; asking again at the next pass");
  work(*seen, policy);
}

/// A clock that is set costs nobody anything: neither idle time of decades nor an overrun.
void HoldAgent::notice_clock_step(UnixSeconds at_s) {
  const std::int64_t ahead_s = at_s - state_.clock.monotonic_ns() / 1'000'000'000;
  const std::int64_t step_s = wall_ahead_s_ ? ahead_s - *wall_ahead_s_ : 0;
  wall_ahead_s_ = ahead_s;
  if (std::abs(step_s) <= kClockStepSeconds) return;
  state_.log(LogLevel::info, "holds: the clock was set by " + std::to_string(step_s) +
                                 " s; what holds cost and jobs run counts from now on");
  ledger_.forget_times(at_s);
  assigner_.forget_times(at_s);
  heads_ = {};
  confined_ = {};
  next_jobs_.forget_times();
  users_ = {};
  refused_until_s_.clear();
}

void HoldAgent::work(const SeenSlurm& seen, const Policy& policy) {
  notice_clock_step(seen.at_s);
  const HoldPolicy& hold = policy.hold;
  forecasts_.begin_pass(seen.jobs, state_.overruns.get());
  ResourcePool pool =
      machine_view(seen, heads_.update(seen.jobs, seen.at_s), std::max(hold.window_s, hold.deadline_s),
                   [&](const SeenJob& job) { return forecasts_.expected_end_s(job, seen.at_s, policy); });
  const std::vector<LiveHold> gone_early = ledger_.take_stock(seen, pool, hit_rules(policy));
  if (!std::exchange(is_first_look_, false)) accept_deletions(gone_early, seen.at_s);
  const std::set<std::string> owed = confined_.update(seen, pool);
  for (PoolNode& node : pool.nodes)
    if (owed.contains(node.name)) node.usable = false;
  const std::vector<ForeseenJob> foreseen = next_jobs_.foresee(
      seen, pool, policy,
      {.jobs = forecasts_, .users = users_, .ledger = ledger_, .assigner = assigner_, .control = *control_});
  const std::vector<LiveHold> live = ledger_.live();
  const HoldFacts facts{.foreseen = foreseen,
                        .pool = pool,
                        .live = live,
                        .ledger = ledger_.state().ledger,
                        .misses = ledger_.state().misses,
                        .pool_life_s = pool_life_s(state_.settings.get()->agent_interval_s)};
  const std::vector<WantedHold> wanted = plan_holds(facts, hold);
  carry_out(reconcile(wanted, live, kExtendAfterSeconds), seen);
  served_.clear();
  for (const WantedHold& one : wanted)
    if (one.kind == HoldKind::pool) served_[one.partition] = one.served;

  if (mode_ == HoldMode::on) let_in(seen, pool, policy);
  summary_.foreseen_users = static_cast<std::uint32_t>(foreseen.size());
  summarise(pool);
  save();
}

bool HoldAgent::wants_look() {
  constexpr std::size_t kMaxAsked = 20;  // each a call of a fraction of a millisecond
  std::size_t asked = 0;
  for (const HoldRecord& record : ledger_.state().holds) {
    const LiveHold& hold = record.hold;
    if (!hold.chain.is_open() || hold.is_fulfilled) continue;
    if (hold.chain.ended_s != 0) return true;  // until its job has come, or its time is over
    if (asked++ < kMaxAsked && control_->has_ended(hold.chain.after)) return true;
  }
  return false;
}

/// An administrator who deletes a hold wants its nodes. (A slurmctld that was killed may have forgotten one:
/// what is gone at the first look was deleted by nobody.)
void HoldAgent::accept_deletions(const std::vector<LiveHold>& deleted, UnixSeconds now_s) {
  for (const LiveHold& hold : deleted) {
    refused_until_s_[refusal_key(hold)] = now_s + kDeletedSeconds;
    state_.log(LogLevel::info, fmt::format("hold {} was deleted: none like it is made for {} minutes",
                                           harmless(hold.name), kDeletedSeconds / 60));
  }
}

void HoldAgent::note_overrun(const SeenJob& job, UnixSeconds now_s) {
  ledger_.note_overrun(job.uid, now_s);
  state_.log(LogLevel::info, "holds: job " + std::to_string(job.id) +
                                 ", which was let in, runs for longer than was predicted; uid " +
                                 std::to_string(job.uid) + " is kept out of holds for a while");
}

void HoldAgent::let_in(const SeenSlurm& seen, const ResourcePool& pool, const Policy& policy) {
  const EntryRules rules{
      .uid_of = [this](const std::string& name) { return user_id(name); },
      .may_run_s = [&](const SeenJob& job,
                       const LiveHold& hold) { return forecasts_.may_run_s(job, hold, policy); },
      .is_barred = [&](UserId uid) { return ledger_.is_barred(uid, seen.at_s); },
      .overran = [&](const SeenJob& job) { note_overrun(job, seen.at_s); }};
  const std::uint64_t before = assigner_.entered();
  assigner_.pass(ledger_.live(), seen, pool, rules, *control_);
  state_.jobs.pooled.fetch_add(assigner_.entered() - before, std::memory_order_relaxed);
}

HitRules HoldAgent::hit_rules(const Policy& policy) {
  return {.uid_of = [this](const std::string& name) { return user_id(name); },
          .is_dry = mode_ == HoldMode::dry_run,
          .is_short = [this, &policy](const SeenJob& job) { return forecasts_.may_use_pool(job, policy); },
          .served = [this](const std::string& partition) { return served_[partition]; }};
}

std::optional<UserId> HoldAgent::user_id(const std::string& name) {
  return users_.of(name, *control_, state_.clock.now_s());
}

void HoldAgent::carry_out(std::vector<HoldStep> steps, const SeenSlurm& seen) {
  const std::vector<LiveHold> live = ledger_.live();
  std::set<std::string> ending;
  for (HoldStep& step : steps) {
    if (step.action != HoldAction::release) {
      if (!step.hold.chain.is_open()) step.hold.reason += std::string(", by ") + next_jobs_.figures().by;
      continue;
    }
    step.hold.reason = release_reason(step, live, seen.at_s);
    ending.insert(step.hold.name);
  }
  const bool is_clear = assigner_.clear(ending, seen, *control_);
  for (HoldStep& step : steps)
    if (is_clear || step.action != HoldAction::release) carry_out_one(step, seen.at_s);
}

void HoldAgent::carry_out_one(HoldStep& step, UnixSeconds now_s) {
  WantedHold& hold = step.hold;
  const auto refused = refused_until_s_.find(refusal_key(hold));
  const bool wants_more = step.action == HoldAction::create || step.action == HoldAction::grow;
  if (wants_more && refused != refused_until_s_.end() && now_s < refused->second) return;
  if (step.action == HoldAction::create) hold.name = ledger_.next_name();
  const LiveHold after = hold_after(step);
  const HoldAction action = journal_action(step.action);
  const bool has_a_line = is_worth_a_line(step, ledger_.live());
  const bool is_dry = mode_ == HoldMode::dry_run;
  if (has_a_line && !is_dry) record(hold_event(HoldPhase::intend, action, after, hold.reason, now_s));
  if (const auto done = tell_slurm(step); !done) return refuse(step, done.error().message, now_s);
  ledger_.note_done(step, now_s);
  if (has_a_line && step.action != HoldAction::release)
    record(hold_event(HoldPhase::done, action, after, hold.reason, now_s));
}

Result<void> HoldAgent::tell_slurm(const HoldStep& step) {
  switch (step.action) {
    case HoldAction::release:
      return control_->release(step.hold.name);
    case HoldAction::create:
      return control_->create(step.hold);
    case HoldAction::none:
    case HoldAction::shrink:
    case HoldAction::move:
    case HoldAction::extend:
    case HoldAction::grow:
      break;
  }
  return control_->change(step.hold);
}

void HoldAgent::refuse(const HoldStep& step, const std::string& reason, UnixSeconds now_s) {
  ++summary_.refused;
  summary_.last_refusal = harmless(reason);
  refused_until_s_[refusal_key(step.hold)] = now_s + kRefusedSeconds;
  record(hold_event(HoldPhase::refused, journal_action(step.action), hold_after(step), summary_.last_refusal,
                    now_s));
  state_.log(LogLevel::info,
             "hold " + harmless(step.hold.name) + ": Slurm refuses: " + summary_.last_refusal);
}

void HoldAgent::save() {
  ledger_.keep_admitted(assigner_.admitted());
  if (auto written = file_.write(state_file(), ledger_.state()); !written)
    state_.fault("holds", written.error().message);
}

void HoldAgent::summarise(const ResourcePool& pool) {
  count_holds(ledger_.live(), pool, summary_);
  summary_.forecast = next_jobs_.figures();
  summary_.hits = ledger_.hits();
  summary_.misses = ledger_.misses();
  summary_.idle_node_s = ledger_.state().ledger.spent(pool.at_s);
}

}  // namespace foreshape
