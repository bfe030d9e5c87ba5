// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a journal keeps: every submission with its prediction and plan, every end, every step of a hold or of staging.
//
// Runs in: slurmctld (made on RPC threads, written on the journal's own thread) and offline (read by ingest).
// Trivially copyable with bounded text: an event is queued without allocating.
// Threads: plain values.

#include <cstdint>
#include <optional>
#include <type_traits>
#include <variant>

#include "predictor/base/job.h"
#include "predictor/base/prediction.h"
#include "predictor/base/text.h"
#include "predictor/plan/plan.h"
#include "predictor/plan/pre_allocation.h"

namespace foreshape {

/// Names one submission for good: milliseconds since 1970 at the Runtime's start << 20, plus a counter.
/// Written into the job's admin_comment as "foreshape=<16 hex digits>" so that accounting carries it.
using SubmissionToken = std::uint64_t;

struct SubmissionEvent {
  SubmissionToken token = 0;
  JobRequest request;
  Prediction prediction;
  Plan plan;
  std::uint32_t decided_in_ns = 0;  ///< time inside job_submit
  bool opted_out = false;
  BoundedText<64> account, partition, qos;
  BoundedText<128> name;
};

/// Seen by the agent in Slurm's job list: the first word of an outcome; accounting's comes minutes later.
/// With what was requested: a Runtime that starts makes its profiles whole from these.
struct OutcomeEvent {
  JobId job_id = 0;
  SubmissionToken token = 0;  ///< 0 = submitted while we were not there
  UserId uid = 0;
  UnixSeconds submit_s = 0, start_s = 0, end_s = 0;
  JobState state = JobState::unknown;
  std::int64_t run_s = 0;  ///< of the last run, suspended time not counted
  std::optional<JobRequest> requested = std::nullopt;
};

/// Where a hold is in its life.
enum class HoldPhase : std::uint8_t {
  intend,    ///< about to do `action`
  done,      ///< it worked
  refused,   ///< Slurm said no; see reason
  hit,       ///< a job started in it
  released,  ///< given back; idle_node_s is final
  adopted,   ///< found in Slurm's list at start: ours from before
  would,     ///< dry run: what would have been done
};

/// One step in the life of a pre-allocation, written before it is tried and after it came out.
struct HoldEvent {
  HoldKind kind = HoldKind::pool;
  HoldPhase step = HoldPhase::intend;
  HoldAction action = HoldAction::none;
  UnixSeconds at_s = 0;
  BoundedText<64> reservation;  ///< Slurm's name of it
  BoundedText<64> partition;
  BoundedText<64> user;  ///< of a personal hold
  std::uint32_t nodes = 0;
  UnixSeconds deadline_s = 0;
  JobId job_id = 0;  ///< of a hit
  std::int64_t idle_node_s = 0;
  BoundedText<160> reason;
};

/// What the operator should know: losses, faults, settings that changed.
struct NoticeEvent {
  UnixSeconds at_s = 0;
  std::uint64_t lost_events = 0;  ///< events that did not reach the journal since the notice before
  BoundedText<200> text;
};

/// Where data to stage is in its life.
enum class StagePhase : std::uint8_t {
  planned,  ///< a staging job was submitted for a job that is foreseen; bytes: of the source
  staged,   ///< a copy was made
  used,     ///< a job was told of a copy
  missed,   ///< a job asked for one, and there was none; see reason
  failed,   ///< a copy could not be made; see reason
  expired,  ///< a copy was removed
};

/// One step in the life of a staged copy of input data (docs/staging.md). Not in slurmctld's journal: in the site's
/// account of staging, and in each user's own.
struct StageEvent {
  StagePhase step = StagePhase::planned;
  UnixSeconds at_s = 0;
  UserId uid = 0;
  JobId job_id = 0;               ///< planned: the staging job; else in which it happened; 0 = in none
  std::int64_t bytes = 0;         ///< of the copy
  std::int64_t copy_ms = 0;       ///< how long the copying read its source; 0 = not known
  std::uint32_t uses = 0;         ///< expired: how often a job had been told of it
  std::uint64_t user_number = 0;  ///< in the journal of the user who says it; 0 = the site says it
  BoundedText<256> source;
  BoundedText<64> file_system;  ///< the source's: where it is mounted
  BoundedText<160> reason;
};

using JournalEvent = std::variant<SubmissionEvent, OutcomeEvent, HoldEvent, NoticeEvent, StageEvent>;

static_assert(std::is_trivially_copyable_v<SubmissionEvent>);
static_assert(std::is_trivially_copyable_v<JournalEvent>);

}  // namespace foreshape
