#include "slurm-plugin/runtime.h"

#include <chrono>
#include <unistd.h>
#include <utility>

#include "slurm-plugin/boundary.h"
#include "slurm-plugin/fault_point.h"
#include "slurm-plugin/submission.h"

namespace foreshape {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A hundred looks a second cost a tenth of a percent of a core, no submission has to wake anybody, and a kill -9
// takes with it only what came in the last hundredth.
constexpr milliseconds kJournalPause{10};

// An RPC of the agent's to a slurmctld that no longer listens is tried again for MessageTimeout; the end of
// slurmctld does not wait for that.
constexpr seconds kPatience{3};

std::size_t queued_events() {
  FORESHAPE_FAULT("queue_full", return 8);  // and the journal's thread never empties it
  return kQueuedEvents;
}

Settings first_settings(const RuntimeStart& start) {
  auto settings = load_settings(start.settings_file, FileTrust{::geteuid()});
  if (settings) return std::move(*settings);
  if (settings.error().code == ErrorCode::not_found) {
    start.log(LogLevel::info, start.settings_file + ": not there; observing with the default settings");
    return {};
  }
  start.log(LogLevel::error,
            settings.error().message + "; passive until it is mended and scontrol reconfigure is called");
  Settings passive;
  passive.enabled = false;
  return passive;
}

}  // namespace

Runtime::Runtime(RuntimeStart start)
    : state_(first_settings(start), std::move(start.facts), clock_, start.started_ms, start.log,
             queued_events()),
      journal_(state_),
      agent_(state_, journal_, start.settings_file) {
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
