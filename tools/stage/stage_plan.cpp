// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/stage_plan.h"

#include <fmt/format.h>

#include "tools/cli/slurm_text.h"

namespace foreshape {
namespace {

std::size_t count_of(const std::map<UserId, std::size_t>& counts, UserId uid) {
  const auto found = counts.find(uid);
  return found != counts.end() ? found->second : 0;
}

}  // namespace

std::optional<std::string> reason_to_rest(const StageCandidate& candidate, const StagingJobs& jobs,
                                          const StagePlanSettings& plan) {
  if (count_of(jobs.waiting_or_running, candidate.uid) > 0) return "a staging job of this user waits or runs";
  if (jobs.live >= plan.jobs) return fmt::format("{} staging jobs wait or run (PlanJobs)", jobs.live);
  if (const std::size_t failed = count_of(jobs.failed, candidate.uid); failed >= kMaxFailures)
    return fmt::format("{} staging jobs of this user failed within a day", failed);
  return std::nullopt;
}

std::optional<std::string> reason_against_source(const SourceState& source) {
  if (!source.readable) return std::string(source.why.data());
  if (source.staged) return "staged already, and current";
  if (source.unused >= kMaxUnused)
    return fmt::format("{} copies of this user were not used yet", source.unused);
  return std::nullopt;
}

std::optional<std::string> reason_of_day(UserId uid, std::int64_t bytes, const StageEvidence& evidence,
                                         const StagePlanSettings& plan) {
  const auto user = evidence.user_day_bytes.find(uid);
  const std::int64_t of_user = user != evidence.user_day_bytes.end() ? user->second : 0;
  const auto reason = [&](std::int64_t planned, const char* key) {
    return fmt::format("{} beside the {} planned within a day are more than {}",
                       rough_size_text(bytes, std::nullopt), rough_size_text(planned, std::nullopt), key);
  };
  if (bytes > plan.user_day_bytes - of_user) return reason(of_user, "UserDayBytes");
  if (bytes > plan.day_bytes - evidence.day_bytes) return reason(evidence.day_bytes, "DayBytes");
  return std::nullopt;
}

std::optional<std::string> reason_against_now(const StageCandidate& candidate, const SourceState& source,
                                              const StagePlanSettings& plan) {
  if (candidate.copy_s > plan.job_time_s)
    return fmt::format("copying takes {} s by what is known, longer than JobTime", candidate.copy_s);
  if (candidate.probability < plan.probability)
    return fmt::format("{:.0f}% that a job comes within PlanWindow after the {} s that copying takes",
                       100 * candidate.probability, candidate.copy_s);
  const double saved_s =
      candidate.probability * static_cast<double>(source.bytes) / static_cast<double>(plan.read_bytes_s);
  if (saved_s < static_cast<double>(plan.saved_s))
    return fmt::format("saves {:.1f} s of reading by expectation, less than {} (MinSaved)", saved_s,
                       plan.saved_s);
  return std::nullopt;
}

}  // namespace foreshape
