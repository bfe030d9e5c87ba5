#include "slurm-plugin/runtime.h"

#include <chrono>
#include <utility>

#include "slurm-plugin/boundary.h"
#include "slurm-plugin/fault_point.h"
#include "slurm-plugin/settings_keeper.h"
#include "slurm-plugin/submission.h"

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
      "fs_agent", [this] { agent_.pass(); },
      [this] { return milliseconds(seconds(state_.settings.get()->agent_interval_s)); });
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
        if (journal_ended) journal_.finish();
      },
      [&](const char* why) {
        state_.fault("stop", why);
        ended = false;
      });
  return ended;
}

void Runtime::submit(job_desc_msg_t& job, UserId submitter, char** err_msg) noexcept {
  guarded([&] { foreshape::submit(state_, job, submitter, err_msg); },
          [this](const char* why) { state_.fault("job_submit", why); });
}

void Runtime::reconfigure() noexcept {
  agent_.reconfigure();
  agent_thread_->wake();
}

}  // namespace foreshape
