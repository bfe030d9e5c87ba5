// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Sizes, durations, times, states and job ids as Slurm's tools print them.
//
// Runs in: offline.
// Threads: pure functions (local times read the process's TZ).

#include <cstdint>
#include <optional>
#include <string_view>

#include "predictor/base/job.h"
#include "predictor/base/result.h"

namespace foreshape {

// Each takes one field. Absence (an empty field, Unknown, None, UNLIMITED, ...) is nullopt;
// what can't be read is invalid_input with the field's text in the message.

/// "123", "2K" (2048): a count of cpus, nodes or tasks.
Result<std::optional<std::int64_t>> slurm_count(std::string_view field);

/// "1.50G", "0", "4000M" -> bytes; K M G T P E are powers of 1024 (Slurm never means 1000 in sizes).
/// default_unit: of a number without a letter: 1 (B) or 'K', 'M' ...
Result<std::optional<std::int64_t>> slurm_bytes(std::string_view field, char default_unit = 'B');

/// "[D-][HH:]MM:SS[.mmm]" -> milliseconds; also plain seconds ("ElapsedRaw"). INVALID is absent: Slurm prints
/// it for a clock that went back.
Result<std::optional<std::int64_t>> slurm_duration_ms(std::string_view field);

/// Timelimit ("1-00:00:00") or TimelimitRaw (minutes) -> seconds. UNLIMITED, Partition_Limit, INVALID and
/// Slurm's numbers for "none" and "no end" (4294967294, 4294967295): absent.
Result<std::optional<std::int64_t>> slurm_limit_s(std::string_view field);

/// "2016-12-22T07:15:12", or Unix seconds (SLURM_TIME_FORMAT=%s) -> Unix seconds. Unknown, None, N/A: absent.
/// With an offset ("...+01:00", "...+0100", "...Z") that one counts, whatever utc says.
/// utc: false reads the text in the process's own time zone; an hour that comes twice in autumn is ambiguous
/// there.
Result<std::optional<UnixSeconds>> slurm_time_s(std::string_view field, bool utc);

/// The other moment at which clocks of the process's time zone show the same as at t: the hour that comes
/// twice in autumn. Absent at any other time.
std::optional<UnixSeconds> same_local_time(UnixSeconds t);

/// "CANCELLED by 1021", "OUT_OF_ME+", "RUNNING"... Suspended, completing and the like count as running.
Result<JobState> slurm_state(std::string_view field);

/// ReqMem in all its dresses.
struct RequestedMemory {
  enum class Per : std::uint8_t { job, node, cpu } per = Per::job;
  std::int64_t bytes = 0;

  /// Bytes on each node of a job of that width; cpus are taken as spread evenly.
  std::int64_t per_node(std::int64_t nodes, std::int64_t cpus) const;
};

/// "4000Mn" (per node), "2800Mc" (per cpu): Slurm up to 20.11; "62.50G": the whole job, from 21.08. Old dumps
/// also hold "2147486448Mn": 0x80000000 + 2800 MB, the per-cpu flag printed as part of the number. Zero is
/// absent: the user requested all or said nothing.
Result<std::optional<RequestedMemory>> slurm_requested_memory(std::string_view field);

/// The value of one entry of a TRES string: tres_value("cpu=12,mem=31000M,gres/gpu=2", "gres/gpu") is "2"; ""
/// where it is missing.
std::string_view tres_value(std::string_view tres, std::string_view name);

/// True if each entry of a TRES string has a value, as in "cpu=12,mem=31000M"; an empty one has none to lack.
bool is_tres(std::string_view tres);

/// The gpus of a TRES string: gres/gpu=, or where only kinds are named (gres/gpu:a100=2) their sum.
Result<std::optional<std::int64_t>> tres_gpus(std::string_view tres);

/// The parts of a job id as sacct prints it (JobID or JobIDRaw).
struct JobIdText {
  JobId number = 0;       ///< of 123, 123_4, 123+1: 123
  std::string_view job;   ///< without the step: "123_4"
  std::string_view step;  ///< "batch", "extern", "0", "0+1"; empty for the job itself
  bool array = false;
  std::uint32_t pending_tasks = 0;  ///< of "123_[1-10%2]": 10
  bool is_plain() const { return job.find_first_of("_+") == std::string_view::npos; }
};
Result<JobIdText> slurm_job_id(std::string_view field);

}  // namespace foreshape
