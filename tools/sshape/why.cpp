// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/why.h"

#include <cmath>
#include <fmt/format.h>
#include <optional>
#include <string_view>

#include "tools/cli/slurm_text.h"

namespace foreshape {
namespace {

std::string size(std::int64_t bytes) { return rough_size_text(bytes, std::nullopt); }

/// "a and b", with "nothing" for what was not said.
std::string both(const std::string& time, const std::string& memory, std::string_view nothing) {
  if (time.empty() && memory.empty()) return std::string(nothing);
  if (time.empty() || memory.empty()) return time + memory;
  return time + " and " + memory;
}

std::string requested(const ReportedJob& job) {
  return both(job.requested_limit_s ? elapsed_text(*job.requested_limit_s) : "",
              job.requested_memory_bytes ? size(*job.requested_memory_bytes) : "",
              "no time limit and no memory");
}

std::string predicted_time(const Forecast& f) {
  if (!f.known()) return "";
  return fmt::format("{} (95%: {})", rough_elapsed_text(std::llround(f.typical)),
                     rough_elapsed_text(std::llround(f.quantile(.95F))));
}

std::string predicted_memory(const Forecast& f) {
  if (!f.known()) return "";
  return fmt::format("{} (99%: {})", size(std::llround(f.typical)), size(std::llround(f.quantile(.99F))));
}

std::string evidence(const ReportedJob& job) {
  const std::uint16_t jobs = job.prediction.of(Resource::run_time).jobs;
  const std::string_view whose = job.evidence == "user"      ? "of the user's own"
                                 : job.evidence == "account" ? "of the account's"
                                                             : "of the cluster's";
  const std::string model =
      job.prediction.model != 0 ? fmt::format("by model {:016x} ", job.prediction.model) : "";
  return fmt::format("{}from {} {} jobs, {} of them alike", model, jobs, whose, job.prediction.similar_jobs);
}

std::string predicted(const ReportedJob& job) {
  if (!job.was_predicted) return "; it was not predicted";
  if (job.evidence == "none")
    return "; nothing could be predicted, for there were no finished jobs to learn from";
  const Prediction& p = job.prediction;
  return fmt::format("; predicted {} {}",
                     both(predicted_time(p.of(Resource::run_time)),
                          predicted_memory(p.of(Resource::peak_memory)), "nothing"),
                     evidence(job));
}

std::string planned(const ReportedJob& job) {
  if (job.opted_out) return "; left alone, as its user requested";
  const std::string time =
      job.planned_run_s ? fmt::format("{} ({})", rough_elapsed_text(*job.planned_run_s), job.run_time_mode)
                        : "";
  const std::string memory = job.planned_memory_bytes
                                 ? fmt::format("{} ({})", size(*job.planned_memory_bytes), job.memory_mode)
                                 : "";
  if (time.empty() && memory.empty()) return "";
  return "; planned " + both(time, memory, "");
}

std::string used(const ReportedJob& job) {
  if (job.start_s == 0) return "; has not run, " + job.state;
  if (job.end_s == 0) return "; is running";
  return fmt::format(
      "; used {}, {}",
      both(elapsed_text(job.run_s.value_or(0)),
           job.peak_memory_bytes ? size(*job.peak_memory_bytes) : "memory that was not measured", ""),
      job.state);
}

}  // namespace

std::string why_text(const ReportedJob& job) {
  return fmt::format("{} '{}' of {}: requested {}", job.job_id_text, job.name, job.user, requested(job)) +
         predicted(job) + planned(job) + used(job);
}

}  // namespace foreshape
