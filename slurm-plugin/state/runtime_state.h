// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What RPC threads, the journal thread and the agent share. Every member has its own rule for threads and
// can be used from any of them.
//
// Runs in: slurmctld.
// Threads: any.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "predictor/base/clock.h"
#include "predictor/base/lending_pool.h"
#include "predictor/base/log.h"
#include "predictor/config/settings.h"
#include "predictor/journal/event.h"
#include "predictor/model/served_model.h"
#include "predictor/planned_job.h"
#include "predictor/profile/profile_store.h"
#include "slurm-plugin/base/bounded_queue.h"
#include "slurm-plugin/base/fault_counter.h"
#include "slurm-plugin/base/latency_histogram.h"
#include "slurm-plugin/base/recent_submissions.h"
#include "slurm-plugin/base/request_memory.h"
#include "slurm-plugin/base/shared_value.h"
#include "slurm-plugin/base/token.h"
#include "slurm-plugin/base/token_memory.h"
#include "slurm-plugin/slurm/site_facts.h"
#include "slurm-plugin/slurm/user_defaults.h"
#include "slurm-plugin/state/advice_memory.h"
#include "slurm-plugin/state/hold_admission.h"
#include "slurm-plugin/state/live_table.h"
#include "slurm-plugin/state/memory_margins.h"
#include "slurm-plugin/state/modified_jobs.h"
#include "slurm-plugin/state/open_shapes.h"
#include "slurm-plugin/state/unseen_submissions.h"
#include "slurm-plugin/state/user_overruns.h"

namespace foreshape {

/// Workspaces made beforehand: slurmctld's RPC threads are new ones, whose stacks are paged in anew each
/// time, and it calls job_submit from one of them at a time.
using PlanWorkspaces = LendingPool<PlanWorkspace, 4>;

using EventQueue = BoundedQueue<JournalEvent>;

/// Events that wait for the journal: 8 MB, four seconds of the densest storm that slurmctld itself survives.
inline constexpr std::size_t kQueuedEvents = 8192;

/// Jobs since the start, by what became of them.
struct JobCounts {
  std::atomic<std::uint64_t> submitted{0};  ///< all that came
  std::atomic<std::uint64_t> passed{0};     ///< untouched and unseen: disabled, kill switch, mode off
  std::atomic<std::uint64_t> opted_out{0};
  std::atomic<std::uint64_t> predicted{0};  ///< with at least the user's, account's or cluster's past jobs
  std::atomic<std::uint64_t> advised{0};
  std::atomic<std::uint64_t> ordered{0};
  std::atomic<std::uint64_t> renewed{0};      ///< places in the order that changed while the job waited
  std::atomic<std::uint64_t> pooled{0};       ///< put into a hold
  std::atomic<std::uint64_t> shaped{0};       ///< submitted with less memory than requested
  std::atomic<std::uint64_t> would_shape{0};  ///< the same, had Memory been enforce there
  std::atomic<std::uint64_t> resized{0};      ///< waiting jobs given another figure, smaller or larger
  /// Of the shaped and resized: what they have less than before, over all nodes. Below zero where jobs of
  /// before the start were given more.
  std::atomic<std::int64_t> saved_mib{0};
  std::atomic<std::uint64_t> memory_kills{0};     ///< of the shaped: ended because they had too little
  std::atomic<std::uint64_t> memory_requeues{0};  ///< of these: queued again
  std::atomic<std::uint64_t> memory_returns{0};   ///< got their own request back, these and waiting ones
  std::atomic<std::uint64_t> modified{0};
  std::atomic<std::uint64_t> unmatched{0};   ///< came since the start, have ended, and no token was found
  std::atomic<std::uint64_t> again{0};       ///< calls for a job that had its token: we are listed twice
  std::atomic<std::uint64_t> by_model{0};    ///< of the predicted: the trained model had a say
  std::atomic<std::uint64_t> model_busy{0};  ///< it had no workspace free: predicted by the kernel
};

/// What kernel and network said of a run time, until the outcome comes: the blend learns from both.
struct RunForecasts {
  std::uint64_t model = 0;  ///< checksum
  BlendLesson lesson;
  float bound_s = 0;  ///< the requested time limit; without one, a number beyond every run time
};

/// Trial starts since the start of slurmctld.
struct TrialState {
  std::atomic<std::uint64_t> started{0}, ended{0}, ran_on{0}, requeued{0};
  std::atomic<std::uint64_t> rescued{0};  ///< of the requeued: ended by the trial's limit before
  std::atomic<std::uint64_t> open{0};     ///< jobs that may begin a trial or run on trial
  std::atomic<double> lost_core_h{0};
};

/// The queue at the agent's last look.
struct QueueState {
  std::atomic<std::uint64_t> waiting{0};
  std::atomic<std::uint64_t> overdue{0};
};

struct RuntimeState {
  /// started_ms: milliseconds since 1970; no two Runtimes may start in the same one (token.h).
  RuntimeState(Settings first_settings, SiteFacts first_facts, const Clock& wall_clock,
               std::int64_t started_ms, LogSink log_sink, std::size_t queued_events = kQueuedEvents);

  /// Records a fault of ours: counts it, logs it at most once a minute for each kind, and after too many of
  /// them switches Foreshape to observe. Never throws.
  void fault(std::string_view call, std::string_view why) noexcept;

  /// Says it in the log and, for reports, in the journal.
  void notice(LogLevel level, const std::string& what);

  /// Nothing may be changed: Foreshape is off, by its settings or its kill switch, or observes after faults.
  bool is_stopped() const { return !settings.get()->enabled || kill_switch || observe_only; }

  /// Takes settings in force, and forgives the faults that came before.
  void replace_settings(Settings next);

  const Clock& clock;
  const LogSink log;
  const UnixSeconds started_s;

  SharedValue<Settings> settings;
  SharedValue<SiteFacts> facts;
  SharedValue<UserDefaults> defaults{UserDefaults{}};
  std::atomic<bool> unknown_user{false};          ///< one has submitted who is not in defaults
  SharedValue<ServedModel> model{ServedModel{}};  ///< without a network: the kernel serves
  SharedValue<LiveTable> live{LiveTable{}};
  std::atomic<bool> kill_switch{false};   ///< the file "disabled" exists
  std::atomic<bool> observe_only{false};  ///< too many faults

  ProfileStore profiles;
  PlanWorkspaces plan_workspaces;
  EventQueue events;
  TokenCounter tokens;
  RequestMemory requests;
  RecentSubmissions recent;
  UnseenSubmissions unseen;
  TokenMemory<RunForecasts> forecasts;  // 5 MB
  // 4 MB; the predicted mean run time that a job's place in the order rests on
  TokenMemory<float> claims{1U << 18};
  TokenMemory<std::int64_t> offsets;  // 0.5 MB; what a job's site factor was made from, for its renewal
  ModifiedJobs modified;
  SharedValue<UserOverruns> overruns{UserOverruns{}};
  SharedValue<MemoryMargins> memory_margins{MemoryMargins{}};
  OpenShapes open_shapes;  // 64 KB
  AdviceMemory advice;
  HoldAdmission admission;
  FaultCounter faults;
  LatencyHistogram submit_latency;
  JobCounts jobs;
  QueueState queue;
  TrialState trials;

  /// Switches to observe, unless it has done so or other settings than these are in force by now: faults that
  /// came under the former say nothing of the latter. True if it did.
  bool only_observe(const std::shared_ptr<const Settings>& under);

 private:
  std::mutex settings_change_;  // guards settings and observe_only together, against other writers
};

/// The same settings, with nothing left that changes a job: advise and enforce become observe, order and
/// holding are off.
Settings observing(Settings settings);

}  // namespace foreshape
