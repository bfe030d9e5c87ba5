#include "slurm-plugin/agent.h"

#include <fmt/format.h>
#include <stdexcept>
#include <unistd.h>
#include <utility>

#include "predictor/base/file.h"
#include "predictor/profile/past_job.h"
#include "slurm-plugin/boundary.h"
#include "slurm-plugin/fault_point.h"
#include "slurm-plugin/settings_keeper.h"
#include "slurm-plugin/slurm_query.h"
#include "slurm-plugin/status_file.h"

namespace foreshape {
namespace {

// Nodes come and go without a reconfigure; the width discount need not know at once.
constexpr std::int64_t kFactsEverySeconds = 600;

}  // namespace

Agent::Agent(RuntimeState& state, const JournalFeed& journal, std::string settings_file,
             std::string settings_error)
    : state_(state),
      journal_(journal),
      settings_file_(std::move(settings_file)),
      snapshot_(state),
      recall_(state),
      model_(state),
      control_(state.requests),
      holds_(state, control_),
      settings_error_(std::move(settings_error)) {}

Agent::~Agent() = default;

template <class Step>
void Agent::step(const char* name, Step&& work) noexcept {
  guarded(std::forward<Step>(work), [&](const char* why) { state_.fault(name, why); });
}

void Agent::pass() noexcept {
  step("kill switch", [this] { check_kill_switch(); });
  step("site facts", [this] { read_site_facts(); });
  step("settings", [this] { read_settings(); });
  step("settings kept", [this] { keep_settings(); });
  if (state_.settings.get()->enabled) {
    step("snapshot", [this] { snapshot_.pass(); });
    step("recall", [this] { recall_.pass(outcomes_); });  // once, on top of the snapshot
    step("model", [this] { model_.pass(); });
    step("outcomes", [this] { learn_outcomes(); });
  }
  step("holds", [this] { hold_nodes(); });
  step("status", [this] { write_status(); });
}

void Agent::check_kill_switch() {
  const std::string file = state_.settings.get()->kill_switch_file();
  const bool exists = ::access(file.c_str(), F_OK) == 0;
  if (state_.kill_switch.exchange(exists) != exists)
    state_.log(LogLevel::info, exists ? file + " exists: every job is passed through untouched"
                                      : file + " is gone: back to work");
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
  const UnixSeconds now_s = state_.clock.now_s();
  const bool wanted = reconfigure_wanted_ || now_s >= facts_due_s_;
  if (!wanted) return;
  auto facts = load_site_facts();
  if (!facts) return state_.log(LogLevel::debug, facts.error().message + "; asking again at the next pass");
  // Where only job_submit/foreshape is loaded nobody tells us of a reconfigure; this does.
  const UnixSeconds before_s = state_.facts.get()->read_s;
  if (before_s != 0 && facts->read_s != before_s) reconfigure();
  state_.facts.set(std::move(*facts));
  facts_due_s_ = now_s + kFactsEverySeconds;
}

void Agent::learn_outcomes() {
  FORESHAPE_FAULT("agent_throw", throw std::runtime_error("agent failed, as the test wants it"));
  auto jobs = changed_jobs(jobs_read_s_);
  if (!jobs) return state_.log(LogLevel::debug, jobs.error().message + "; asking again at the next pass");
  if (*jobs == nullptr) return;
  jobs_read_s_ = (*jobs)->last_update;
  retired_live_ = state_.live.get();
  state_.live.set(LiveTable(**jobs));
  for (const OutcomeEvent& outcome : outcomes_.newly_finished(**jobs, state_.requests)) {
    const std::optional<PastJob> job = past_job_of(outcome);
    if (!job) continue;  // Slurm's list always says what was asked
    state_.profiles.add_outcome(*job);
    state_.events.push(outcome);
    model_.learn(outcome.token, *job);
  }
  model_.settle();
}

/// Also while everything is switched off: what was held before is to be given back.
void Agent::hold_nodes() {
  const auto settings = state_.settings.get();
  Policy policy = settings->policy;
  if (!settings->enabled || state_.kill_switch || state_.observe_only)
    policy.hold.mode = HoldPolicy::Mode::off;
  holds_.pass(policy);
}

void Agent::write_status() {
  const StatusParts parts{journal_.summary(), snapshot_.state(), recall_.state(), model_.state(),
                          settings_file_,     settings_error_,   holds_.summary()};
  const auto written = replace_file(state_.settings.get()->status_file, status_json(state_, parts), 0644);
  if (!written) state_.fault("status", written.error().message);
}

}  // namespace foreshape
