#pragma once
// The agent: everything that Foreshape does beside submissions, one pass every AgentInterval.
//
// Runs in: slurmctld (agent thread).
// Threads: pass() on one thread; reconfigure() from any.

#include <atomic>
#include <ctime>
#include <memory>
#include <string>

#include "slurm-plugin/hold_agent.h"
#include "slurm-plugin/hold_slurm_control.h"
#include "slurm-plugin/journal_feed.h"
#include "slurm-plugin/journal_recall.h"
#include "slurm-plugin/model_watch.h"
#include "slurm-plugin/outcome_watch.h"
#include "slurm-plugin/runtime_state.h"
#include "slurm-plugin/snapshot_watch.h"

namespace foreshape {

class Agent {
 public:
  /// settings_file: foreshape.conf, read again when slurm.conf was or reconfigure() was called.
  /// settings_error: why the file is not what is in force, or empty.
  Agent(RuntimeState& state, const JournalFeed& journal, std::string settings_file,
        std::string settings_error);
  ~Agent();

  /// Kill switch, settings, snapshot, journal, model, Slurm's settings, finished jobs, holds, status file; in
  /// this order, and each on its own: where one fails the others still run.
  void pass() noexcept;

  /// The next pass reads foreshape.conf again.
  void reconfigure() { reconfigure_wanted_ = true; }

 private:
  template <class Step>
  void step(const char* name, Step&& work) noexcept;
  void check_kill_switch();
  void read_settings();
  void keep_settings();
  void read_site_facts();
  void learn_outcomes();
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
  OutcomeWatch outcomes_;
  HoldSlurmControl control_;
  HoldAgent holds_;
  std::time_t jobs_read_s_ = 0;
  UnixSeconds facts_due_s_ = 0;
  std::string settings_error_;
  bool kept_ = false;  // the settings in force are on disk as such
};

}  // namespace foreshape
