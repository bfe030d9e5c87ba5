// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/agent.h"

#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>
#include <unistd.h>
#include <utility>

#include "predictor/base/file.h"
#include "predictor/profile/past_job.h"
#include "slurm-plugin/agent/queue_count.h"
#include "slurm-plugin/agent/settings_keeper.h"
#include "slurm-plugin/agent/status_file.h"
#include "slurm-plugin/base/fault_point.h"
#include "slurm-plugin/slurm/boundary.h"
#include "slurm-plugin/slurm/rpc/association_query.h"
#include "slurm-plugin/slurm/rpc/site_factor.h"
#include "slurm-plugin/slurm/rpc/slurm_query.h"

namespace foreshape {
namespace {

// Nodes come and go without a reconfigure; the width discount need not know at once.
constexpr std::int64_t kFactsEveryNs = 600'000'000'000;

// Slurm packs all its associations for it: 10,000 are some megabytes. A new user is not left waiting for
// long (early_pause_ns).
constexpr std::int64_t kDefaultsEveryNs = 300'000'000'000;

// While Slurm says that no job has changed, those that run still grow longer than was predicted.
constexpr std::int64_t kLookAnywaySeconds = 300;

}  // namespace

Agent::Agent(RuntimeState& state, const JournalFeed& journal, std::string settings_file,
             std::string settings_error)
    : state_(state),
      journal_(journal),
      settings_file_(std::move(settings_file)),
      snapshot_(state),
      recall_(state),
      model_(state),
      renewal_(state),
      memory_(state),
      trials_(state),
      control_(state.requests),
      holds_(state, control_),
      settings_error_(std::move(settings_error)) {}

Agent::~Agent() = default;

template <class Step>
void Agent::step(const char* name, Step&& work) noexcept {
  guarded(std::forward<Step>(work), [&](const char* why) { state_.fault(name, why); });
}

std::chrono::milliseconds Agent::pause() const {
  using std::chrono::milliseconds;
  const milliseconds interval = std::chrono::seconds(state_.settings.get()->agent_interval_s);
  return state_.admission.is_open() ? short_pause(interval, milliseconds(held_ns_ / 1'000'000)) : interval;
}

/// A short look at the admission between two passes: where somebody came, a whole pass of the holds and no more.
bool Agent::only_looks_for_arrivals() {
  const std::int64_t now_ns = state_.clock.monotonic_ns();
  const std::int64_t interval_ns = state_.settings.get()->agent_interval_s * 1'000'000'000;
  const bool is_due = passed_ns_ == 0 || now_ns - passed_ns_ >= interval_ns;
  if (!is_due && state_.admission.is_open() && !reconfigure_wanted_) return true;
  passed_ns_ = now_ns;
  return false;
}

void Agent::pass() noexcept {
  if (only_looks_for_arrivals()) {
    step("kill switch", [this] { check_kill_switch(); });
    if (state_.admission.look_is_due() || holds_.wants_look()) step("holds", [this] { hold_nodes(); });
    return;
  }
  step("kill switch", [this] { check_kill_switch(); });
  step("site facts", [this] { read_site_facts(); });
  step("settings", [this] { read_settings(); });
  step("settings kept", [this] { keep_settings(); });
  if (state_.settings.get()->enabled) {
    step("user defaults", [this] { read_user_defaults(); });
    step("snapshot", [this] { snapshot_.pass(); });
    step("recall", [this] { recall_.pass(outcomes_); });  // once, on top of the snapshot
    step("model", [this] { model_.pass(); });
    step("outcomes", [this] { learn_outcomes(); });
  } else {
    step("given back", [this] { give_back_while_off(); });
  }
  step("holds", [this] { hold_nodes(); });
  step("status", [this] { write_status(); });
}

void Agent::check_kill_switch() {
  const std::string file = state_.settings.get()->kill_switch_file();
  const bool exists = ::access(file.c_str(), F_OK) == 0;
  if (state_.kill_switch.exchange(exists) != exists)
    state_.log(LogLevel::info, exists ? file + " exists: every job passes through untouched"
                                      : file + " is gone: working again");
}

void Agent::read_settings() {
  if (!reconfigure_wanted_.exchange(false)) return;
  auto next = load_settings(settings_file_, FileTrust{::geteuid()});
  if (!next && next.error().code == ErrorCode::not_found) next = Settings{};
  settings_error_ = next ? "" : next.error().message;
  if (!next)
    return state_.log(LogLevel::error, next.error().message + "; keeping the settings that were in force");
  state_.replace_settings(std::move(*next));
  kept_ = false;
  state_.log(LogLevel::info, settings_file_ + ": settings in force");
  check_kill_switch();  // StateDir may be another
}

/// Only what the file said: a passive start and a fallback are not to outlive it.
void Agent::keep_settings() {
  if (kept_ || !settings_error_.empty()) return;
  const auto kept = foreshape::keep_settings(*state_.settings.get());
  if (!kept) return state_.log(LogLevel::debug, kept.error().message + "; trying again at the next pass");
  kept_ = true;
}

void Agent::read_site_facts() {
  const std::int64_t now_ns = state_.clock.monotonic_ns();  // a clock that is set back must not stop it
  const bool wanted = reconfigure_wanted_ || facts_read_ns_ == 0 || now_ns - facts_read_ns_ >= kFactsEveryNs;
  if (!wanted) return;
  auto facts = load_site_facts();
  if (!facts) return state_.log(LogLevel::debug, facts.error().message + "; asking again at the next pass");
  // Where only job_submit/foreshape is loaded nobody tells us of a reconfigure; this does.
  const UnixSeconds before_s = state_.facts.get()->read_s;
  if (before_s != 0 && facts->read_s != before_s) reconfigure();
  state_.facts.set(std::move(*facts));
  facts_read_ns_ = now_ns;
}

void Agent::read_user_defaults() {
  const std::int64_t now_ns = state_.clock.monotonic_ns();
  const bool is_early = state_.unknown_user;
  const std::int64_t pause_ns = is_early ? early_pause_ns_ : kDefaultsEveryNs;
  if (defaults_read_ns_ != 0 && now_ns - defaults_read_ns_ < pause_ns) return;
  auto rows = load_associations();
  if (!rows) return state_.log(LogLevel::debug, rows.error().message + "; asking again at the next pass");
  defaults_read_ns_ = now_ns;
  state_.unknown_user = false;
  retired_defaults_ = state_.defaults.get();
  UserDefaults defaults(std::move(*rows));
  if (is_early) early_pause_ns_ = early_pause_ns(early_pause_ns_, defaults != *retired_defaults_);
  state_.defaults.set(std::move(defaults));
}

void Agent::learn_outcomes() {
  FORESHAPE_FAULT("agent_throw", throw std::runtime_error("agent failed, as the test wants it"));
  const UnixSeconds now_s = state_.clock.now_s();
  memory_.look_at_evidence(snapshot_.state().loaded_s);
  const bool is_stale = now_s - jobs_read_s_ > kLookAnywaySeconds || now_s < jobs_read_s_ ||
                        memory_.wants_look() || trials_.wants_look();
  auto jobs = changed_jobs(is_stale ? 0 : jobs_read_s_);
  if (!jobs) return state_.log(LogLevel::debug, jobs.error().message + "; asking again at the next pass");
  if (*jobs == nullptr) return;
  jobs_read_s_ = (*jobs)->last_update;
  retired_live_ = state_.live.get();
  state_.live.set(LiveTable(**jobs));
  const auto facts = state_.facts.get();
  const QueueCount queue = count_queue(**jobs, facts->order_scale(), now_s);
  state_.queue.waiting = queue.waiting;
  state_.queue.overdue = queue.overdue;
  outcomes_.identify(**jobs, state_.recent, state_.started_s);
  for (const auto& never : state_.unseen.settle(outcomes_.tokens(), (*jobs)->last_update))
    state_.profiles.forget_submission(never.uid, never.token);
  const auto claim_of = [this](const slurm_job_info_t& job) {
    return state_.claims.find(outcomes_.token_of(job));
  };
  retired_overruns_ = state_.overruns.get();
  state_.overruns.set(overruns_.look(**jobs, claim_of, (*jobs)->last_update));
  for (const OutcomeEvent& outcome : outcomes_.newly_finished(**jobs, state_.requests)) {
    const std::optional<PastJob> job = past_job_of(outcome);
    if (!job) continue;  // Slurm's list always says what was requested
    state_.profiles.add_outcome(*job);
    if (job->state == JobState::out_of_memory) memory_.evidence_changed();
    state_.events.push(outcome);
    model_.learn(outcome.token, *job);
  }
  state_.jobs.unmatched = outcomes_.unmatched();
  model_.settle();
  step("order renewed", [&] { renew_order(**jobs); });
  step("memory", [&] { memory_.pass(**jobs); });
  step("trials", [&] { trials_.pass(**jobs); });
}

/// After what has ended was learned. A job that started meanwhile, or is gone, refuses: it needs no place.
void Agent::renew_order(const job_info_msg_t& jobs) {
  const auto token_of = [this](const slurm_job_info_t& job) { return outcomes_.token_of(job); };
  for (const NewPlace& place : renewal_.due(jobs, token_of, state_.clock.now_s())) {
    if (const auto taken = set_site_factor(place.job, place.points); !taken) {
      state_.log(LogLevel::debug, fmt::format("job {}: {}", place.job, taken.error().message));
      continue;
    }
    renewal_.done(place);
    state_.jobs.renewed.fetch_add(1, std::memory_order_relaxed);
  }
}

void Agent::give_back_while_off() {
  const auto jobs = changed_jobs(0);
  if (!jobs) return;
  memory_.pass(**jobs);
  trials_.pass(**jobs);
}

/// Also while everything is switched off: what was held before must be given back.
void Agent::hold_nodes() {
  const auto settings = state_.settings.get();
  Policy policy = settings->policy;
  if (state_.is_stopped()) policy.hold.mode = HoldMode::off;
  const std::int64_t begun_ns = state_.clock.monotonic_ns();
  holds_.pass(policy);
  held_ns_ = state_.clock.monotonic_ns() - begun_ns;
}

void Agent::write_status() {
  const StatusParts parts{journal_.summary(), snapshot_.state(), recall_.state(), model_.state(),
                          settings_file_,     settings_error_,   holds_.summary()};
  const auto written = replace_file(state_.settings.get()->status_file, status_json(state_, parts), 0644);
  if (!written) state_.fault("status", written.error().message);
}

}  // namespace foreshape
