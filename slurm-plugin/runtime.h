// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The Runtime: the shared state and the two threads that work on it, for both plugins.
//
// Runs in: slurmctld.
// Threads: made and destroyed on slurmctld's main thread; the rest from any.

#include <memory>
#include <slurm/slurm.h>
#include <string>

#include "predictor/base/clock.h"
#include "slurm-plugin/agent/agent.h"
#include "slurm-plugin/agent/journal_feed.h"
#include "slurm-plugin/agent/settings_keeper.h"
#include "slurm-plugin/base/periodic_thread.h"
#include "slurm-plugin/state/runtime_state.h"

namespace foreshape {

/// What the Runtime is started with.
struct RuntimeStart {
  std::string settings_file;
  SiteFacts facts;
  std::int64_t started_ms = 0;  ///< milliseconds since 1970
  LogSink log;
  bool by_reconfigure = false;  ///< this slurmctld takes over from one that was told to reconfigure
};

class Runtime {
 public:
  /// Begins with settings_at_start(). Throws what the C++ library throws, e.g. if there can
  /// be no thread.
  explicit Runtime(const RuntimeStart& start);

  /// Waits for both threads, however long that takes: call stop() first.
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  /// Ends the agent, then the journal's thread, and writes what is queued. False if one of them has not come
  /// to its end in time: the Runtime must then live as long as the process.
  bool stop() noexcept;

  void submit(job_desc_msg_t& job, UserId submitter, char** err_msg) noexcept;
  /// See foreshape_modify().
  void modify(job_desc_msg_t& change);
  void reconfigure() noexcept;

 private:
  Runtime(const RuntimeStart& start, FirstSettings first);
  void give_up_queue();

  SystemClock clock_;
  RuntimeState state_;
  JournalFeed journal_;
  Agent agent_;
  std::unique_ptr<PeriodicThread> journal_thread_, agent_thread_;
};

}  // namespace foreshape
