// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The agent: everything that Foreshape does beside submissions, one pass every AgentInterval.
//
// Runs in: slurmctld (agent thread).
// Threads: pass() on one thread; reconfigure() from any.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <memory>
#include <string>

#include "slurm-plugin/agent/journal_feed.h"
#include "slurm-plugin/agent/journal_recall.h"
#include "slurm-plugin/agent/memory_agent.h"
#include "slurm-plugin/agent/model_watch.h"
#include "slurm-plugin/agent/order_renewal.h"
#include "slurm-plugin/agent/outcome_watch.h"
#include "slurm-plugin/agent/overrun_watch.h"
#include "slurm-plugin/agent/snapshot_watch.h"
#include "slurm-plugin/agent/trial_agent.h"
#include "slurm-plugin/hold/hold_agent.h"
#include "slurm-plugin/slurm/rpc/hold_slurm_control.h"
#include "slurm-plugin/state/runtime_state.h"

namespace foreshape {

/// Until the next short look at holds that have room: a second, or ten times as long as the last one took,
/// which keeps them below a tenth of slurmctld's time; never beyond the interval.
constexpr std::chrono::milliseconds short_pause(std::chrono::milliseconds interval,
                                                std::chrono::milliseconds last_look) {
  return std::min(interval, std::max(std::chrono::milliseconds{1000}, 10 * last_look));
}

/// Nanoseconds until users' defaults may be read early again, for somebody who is not in them: after a read
/// that brought nothing new twice as long as before. Who has no association is in no table.
constexpr std::int64_t early_pause_ns(std::int64_t before_ns, bool is_new) {
  constexpr std::int64_t kMin = 30'000'000'000, kMax = 300'000'000'000;
  return is_new ? kMin : std::clamp(2 * before_ns, kMin, kMax);
}

class Agent {
 public:
  /// settings_file: foreshape.conf, read again when slurm.conf was or reconfigure() was called.
  /// settings_error: why the file is not what is in force, or empty.
  Agent(RuntimeState& state, const JournalFeed& journal, std::string settings_file,
        std::string settings_error);
  ~Agent();

  /// Kill switch, settings, users' defaults, snapshot, journal, model, Slurm's settings, finished jobs,
  /// holds, status file; in this order, and each on its own: where one fails the others still run. Called
  /// before AgentInterval is over it is a short look: of all this the kill switch and, if somebody has come,
  /// the holds; these whole.
  void pass() noexcept;

  /// Until the next pass: AgentInterval, or less while holds have room for who comes in between, but ten
  /// times as long as the holds took last.
  std::chrono::milliseconds pause() const;

  /// The next pass reads foreshape.conf again.
  void reconfigure() { reconfigure_wanted_ = true; }

 private:
  bool only_looks_for_arrivals();
  template <class Step>
  void step(const char* name, Step&& work) noexcept;
  void check_kill_switch();
  void read_settings();
  void keep_settings();
  void read_site_facts();
  void read_user_defaults();
  void learn_outcomes();
  void renew_order(const job_info_msg_t& jobs);
  void give_back_while_off();
  void hold_nodes();
  void write_status();

  RuntimeState& state_;
  const JournalFeed& journal_;
  const std::string settings_file_;
  std::atomic<bool> reconfigure_wanted_{false};
  SnapshotWatch snapshot_;
  JournalRecall recall_;
  ModelWatch model_;
  std::shared_ptr<const LiveTable> retired_live_;  // freed here, not by the last RPC thread that looked at it
  std::shared_ptr<const UserOverruns> retired_overruns_;  // the same
  std::shared_ptr<const UserDefaults> retired_defaults_;  // the same
  OutcomeWatch outcomes_;
  OverrunWatch overruns_;
  OrderRenewal renewal_;
  MemoryAgent memory_;
  TrialAgent trials_;
  HoldSlurmControl control_;
  HoldAgent holds_;
  std::time_t jobs_read_s_ = 0;
  std::int64_t facts_read_ns_ = 0;
  std::int64_t defaults_read_ns_ = 0;
  std::int64_t early_pause_ns_ = early_pause_ns(0, true);
  std::int64_t held_ns_ = 0;    // how long the holds took last
  std::int64_t passed_ns_ = 0;  // when the last whole pass began
  std::string settings_error_;
  bool kept_ = false;  // the settings in force are on disk as such
};

}  // namespace foreshape
