// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/journal_recall.h"

#include <fmt/format.h>
#include <set>
#include <utility>
#include <variant>

#include "predictor/base/text.h"
#include "predictor/journal/journal_files.h"
#include "predictor/journal/journal_reader.h"
#include "slurm-plugin/agent/journal_left.h"
#include "slurm-plugin/state/submission.h"

namespace foreshape {
namespace {

/// The first record of the newest files that together have at most so many bytes (the newest always counts).
std::uint64_t begin_of_newest(const std::vector<JournalFile>& files, std::int64_t most_bytes) {
  std::uint64_t first = 0;
  std::int64_t bytes = 0;
  for (auto file = files.rbegin(); file != files.rend(); ++file) {
    bytes += file->bytes;
    if (bytes > most_bytes && file != files.rbegin()) break;
    first = file->first_sequence;
  }
  return first;
}

/// What tells a submission or an end from all others; {0, 0} for other events.
std::pair<std::uint64_t, std::int64_t> identity(const JournalEvent& event) {
  if (const auto* submission = std::get_if<SubmissionEvent>(&event)) return {submission->token, 0};
  if (const auto* outcome = std::get_if<OutcomeEvent>(&event)) return {outcome->job_id, outcome->end_s};
  return {0, 0};
}

}  // namespace

void JournalRecall::pass(OutcomeWatch& outcomes) {
  if (now_.done) return;  // written by this thread alone
  const std::int64_t begun_ns = state_.clock.monotonic_ns();
  const auto settings = state_.settings.get();
  const std::string& directory = settings->journal_dir;
  RecallState now;
  now.done = true;  // also where it fails: what could not be read once is not waited for
  // Looked for first: the journal thread forgets what was left once it is in the journal, and so in one of
  // the two.
  const auto left = left_events(settings->state_dir);
  if (const auto done = read(directory, left ? left->events : std::vector<JournalEvent>{}, outcomes, now);
      !done && done.error().code != ErrorCode::not_found)
    now.error = done.error().message;
  else if (!left)
    now.error = left.error().message;
  now.seconds = static_cast<double>(state_.clock.monotonic_ns() - begun_ns) * 1e-9;
  if (!now.error.empty())
    state_.log(LogLevel::error,
               fmt::format("journal {}: {}; some of what came after the snapshot is not known", directory,
                           now.error));
  else if (now.submissions + now.outcomes > 0)
    state_.log(LogLevel::info,
               fmt::format("journal {}: {} submissions and {} ends from before the start, read in "
                           "{:.3f} s",
                           directory, now.submissions, now.outcomes, now.seconds));
  const std::lock_guard lock(mutex_);
  now_ = std::move(now);
}

Result<void> JournalRecall::read(const std::string& directory, const std::vector<JournalEvent>& left,
                                 OutcomeWatch& outcomes, RecallState& now) {
  std::set<std::pair<std::uint64_t, std::int64_t>> twice;
  for (const JournalEvent& event : left) twice.insert(identity(event));
  Submissions submissions;
  const auto recall_one = [&](const JournalEvent& event) {
    if (const auto* submission = std::get_if<SubmissionEvent>(&event))
      recall(*submission, submissions, now);
    else if (const auto* outcome = std::get_if<OutcomeEvent>(&event))
      recall(*outcome, outcomes, now);
  };
  auto done = read_journal(directory, now, [&](const JournalEvent& event) {
    if (!twice.contains(identity(event))) recall_one(event);
  });
  for (const JournalEvent& event : left) recall_one(event);  // newer than all that the journal could take
  for (const auto& [uid, of_user] : submissions) state_.profiles.add_earlier_submissions(uid, of_user);
  return done;
}

Result<void> JournalRecall::read_journal(const std::string& directory, RecallState& now,
                                         const std::function<void(const JournalEvent&)>& take) {
  const auto files = list_journal_files(directory);
  if (!files) return tl::make_unexpected(files.error());
  if (files->empty()) return {};
  auto reader = JournalReader::open(directory, begin_of_newest(*files, kMaxBytes));
  if (!reader) return tl::make_unexpected(reader.error());
  Result<void> result;
  for (;;) {
    auto entry = reader->next();
    if (!entry && entry.error().code == ErrorCode::unavailable) {
      result = tl::make_unexpected(entry.error());
      break;
    }
    if (!entry) {
      ++now.unreadable;
      continue;
    }
    if (!*entry) break;
    take((*entry)->event);
  }
  now.unreadable += reader->missing_records();
  return result;
}

void JournalRecall::recall(const SubmissionEvent& event, Submissions& submissions, RecallState& now) {
  // Our own are there already. What was opted out or passed through was not remembered then either.
  if (event.token >= state_.tokens.first() || event.opted_out) return;
  state_.requests.remember(event.token, event.request);
  if (const auto claim = order_claim(event.prediction, event.plan))
    state_.claims.remember(event.token, *claim);
  remember_offset(state_, event);
  std::vector<Submission>& of_user = submissions[event.request.uid];
  // Cut now and then, so that one who submits without end takes no more than twice his room.
  if (of_user.size() >= 2 * kRecentSubmissions)
    of_user.erase(of_user.begin(), of_user.end() - static_cast<std::ptrdiff_t>(kRecentSubmissions));
  of_user.push_back(submission_of(event));
  ++now.submissions;
}

void JournalRecall::recall(const OutcomeEvent& event, OutcomeWatch& outcomes, RecallState& now) {
  const auto job = past_job_of(event);
  if (!job) return;  // of a version that did not say what was requested
  state_.profiles.add_outcome(*job);
  outcomes.know(event);
  ++now.outcomes;
}

RecallState JournalRecall::state() const {
  const std::lock_guard lock(mutex_);
  return now_;
}

}  // namespace foreshape
