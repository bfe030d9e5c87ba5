// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/staging_jobs.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <optional>

#include "tools/cli/child_process.h"
#include "tools/cli/lists.h"
#include "tools/stage/stage_forecast.h"

namespace foreshape {
namespace {

std::optional<UserId> uid_in(std::string_view text) {
  UserId uid = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), uid);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return uid;
}

/// A word that the shell leaves as it is.
std::string shell_word(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace

StagingJobs staging_jobs(std::string_view squeue_rows, std::string_view sacct_rows) {
  StagingJobs jobs;
  for_each_line(squeue_rows, [&](std::string_view row) {
    if (const auto uid = uid_in(trimmed(row))) {
      ++jobs.waiting_or_running[*uid];
      ++jobs.live;
    }
  });
  for_each_line(sacct_rows, [&](std::string_view row) {
    const std::size_t bar = std::min(row.find('|'), row.size());
    const auto uid = uid_in(trimmed(row.substr(0, bar)));
    const std::string_view state = row.substr(std::min(bar + 1, row.size()));
    const bool is_failed = state.starts_with("FAILED") || state.starts_with("TIMEOUT") ||
                           state.starts_with("CANCELLED") || state.starts_with("OUT_OF_MEMORY");
    if (uid && is_failed) ++jobs.failed[*uid];
  });
  return jobs;
}

Result<StagingJobs> ask_staging_jobs() {
  const std::string name = fmt::format("--name={}", kStagingJob);
  const auto queue = output_of({"squeue", "--noheader", name, "--format=%U"});
  if (!queue) return tl::make_unexpected(queue.error());
  const auto ended = output_of({"sacct", "--allusers", "--allocations", "--noheader", "--parsable2", name,
                                "--starttime=now-1days", "--format=UID,State"},
                               {.time = std::chrono::seconds{60}});
  if (!ended) return tl::make_unexpected(ended.error());
  return staging_jobs(*queue, *ended);
}

StagingSubmission staging_submission(const StageSettings& settings, UserId uid, const std::string& source,
                                     const std::string& program, const std::string& conf) {
  StagingSubmission submission;
  const std::int64_t minutes = (settings.plan.job_time_s + 59) / 60;
  // Past its deadline the foreseen job has come or will not: Slurm then takes the staging job away. Opted out: neither predicted nor put into a hold. NIL: nothing of root's environment, no login shell.
  submission.words = {"sbatch",
                      "--parsable",
                      fmt::format("--uid={}", uid),
                      fmt::format("--job-name={}", kStagingJob),
                      "--comment=foreshape=off",
                      "--nice=10000",
                      "--ntasks=1",
                      "--cpus-per-task=1",
                      fmt::format("--time={}", minutes),
                      fmt::format("--deadline=now+{}minutes", minutes + settings.plan.window_s / 60),
                      "--no-requeue",
                      "--output=/dev/null",
                      "--chdir=/",
                      "--export=NIL"};
  if (!settings.plan.partition.empty()) submission.words.push_back("--partition=" + settings.plan.partition);
  if (!settings.plan.qos.empty()) submission.words.push_back("--qos=" + settings.plan.qos);
  submission.script = fmt::format("#!/bin/sh\nexec {} stage copy --quiet --conf {} --from {}\n",
                                  shell_word(program), shell_word(conf), shell_word(source));
  return submission;
}

Result<std::string> submit_staging_job(const StagingSubmission& submission) {
  ChildSettings child;
  child.input = submission.script;
  auto started = ChildProcess::start(submission.words, child);
  if (!started) return tl::make_unexpected(started.error());
  const auto end = started->finish({.time = std::chrono::seconds{60}});
  if (!end) return tl::make_unexpected(end.error());
  if (!end->is_success()) return failure(ErrorCode::unavailable, end->text("sbatch"));
  return std::string(trimmed(end->output, " \t\r\n"));
}

}  // namespace foreshape
