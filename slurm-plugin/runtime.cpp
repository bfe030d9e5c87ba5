// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/runtime.h"

#include <chrono>
#include <fmt/format.h>
#include <memory>
#include <utility>

#include "slurm-plugin/agent/journal_left.h"
#include "slurm-plugin/agent/settings_keeper.h"
#include "slurm-plugin/base/fault_point.h"
#include "slurm-plugin/slurm/boundary.h"
#include "slurm-plugin/slurm/plan_writer.h"
#include "slurm-plugin/state/refusal.h"
#include "slurm-plugin/state/submission.h"

namespace foreshape {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A hundred looks a second cost a tenth of a percent of a core, no submission has to wake anybody, and a kill
// -9 takes with it only what came in the last hundredth.
constexpr milliseconds kJournalPause{10};

// An RPC of the agent's to a slurmctld that no longer listens is tried again for MessageTimeout; the end of
// slurmctld does not wait for that.
constexpr seconds kPatience{3};
// For a number that is written over in a file.
constexpr seconds kNotePatience{1};
constexpr std::chrono::hours kOnce{24};

std::size_t queued_events() {
  FORESHAPE_FAULT("queue_full", return 8);  // and the journal's thread never empties it
  return kQueuedEvents;
}

}  // namespace

Runtime::Runtime(const RuntimeStart& start)
    : Runtime(start, settings_at_start(start.settings_file, start.by_reconfigure, start.log)) {}

Runtime::Runtime(const RuntimeStart& start, FirstSettings first)
    : state_(std::move(first.settings), start.facts, clock_, start.started_ms, start.log, queued_events()),
      journal_(state_),
      agent_(state_, journal_, start.settings_file, std::move(first.error)) {
  journal_thread_ = std::make_unique<PeriodicThread>(
      "fs_journal", [this] { journal_.pass(); }, [] { return kJournalPause; });
  agent_thread_ = std::make_unique<PeriodicThread>(
      "fs_agent", [this] { agent_.pass(); }, [this] { return agent_.pause(); });
}

Runtime::~Runtime() = default;

bool Runtime::stop() noexcept {
  bool ended = true;
  guarded(
      [&] {
        // The agent first: it still has events for the journal.
        const bool agent_ended = agent_thread_->stop(kPatience);
        const bool journal_ended = journal_thread_->stop(kPatience);
        ended = agent_ended && journal_ended;
        if (journal_ended)
          journal_.finish();
        else
          give_up_queue();
      },
      [&](const char* why) {
        state_.fault("stop", why);
        ended = false;
      });
  return ended;
}

/// The journal's thread hangs in a call, as on a disk that is gone. StateDir may be on the same disk: the
/// next slurmctld is told by a thread of its own, left behind if it hangs as well, and which knows nothing of
/// ours.
void Runtime::give_up_queue() {
  const std::size_t queued = state_.events.size();
  state_.log(
      LogLevel::error,
      fmt::format("the journal's thread does not end: {} records that wait for it are lost, and what it "
                  "has at hand; look at the disk of JournalDir",
                  queued));
  if (queued == 0) return;
  const auto note = [state_dir = state_.settings.get()->state_dir, queued] {
    guarded([&] { static_cast<void>(note_lost(state_dir, queued)); }, [](const char*) {});
  };
  auto thread = std::make_unique<PeriodicThread>("fs_lost", note, [] { return kOnce; });
  if (!thread->stop(kNotePatience)) static_cast<void>(thread.release());
}

void Runtime::submit(job_desc_msg_t& job, UserId submitter, char** err_msg) noexcept {
  guarded([&] { foreshape::submit(state_, job, submitter, err_msg); },
          [this](const char* why) { state_.fault("job_submit", why); });
}

void Runtime::modify(job_desc_msg_t& change) {
  state_.jobs.modified.fetch_add(1, std::memory_order_relaxed);
  for (const JobKey job : placed_anew(change)) state_.modified.note(job, state_.clock.now_s());
  if (loses_its_place(change, state_.admission)) write_leaving(change);
}

void Runtime::reconfigure() noexcept {
  agent_.reconfigure();
  agent_thread_->wake();
}

}  // namespace foreshape
