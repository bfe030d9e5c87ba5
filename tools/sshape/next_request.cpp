// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/next_request.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <span>

#include "predictor/base/text.h"
#include "tools/cli/columns.h"
#include "tools/cli/slurm_text.h"

namespace foreshape {
namespace {

constexpr std::int64_t kMinute = 60, kHour = 3'600, kDay = 86'400;
constexpr std::int64_t kMiB = 1LL << 20, kGiB = 1LL << 30;

struct Step {
  std::int64_t below, step;  ///< figures below this one are rounded up to multiples of that
};
constexpr Step kTimeSteps[] = {
    {kHour, 5 * kMinute}, {6 * kHour, 15 * kMinute}, {2 * kDay, kHour}, {INT64_MAX, 6 * kHour}};
constexpr Step kMemorySteps[] = {
    {kGiB, 128 * kMiB}, {8 * kGiB, 512 * kMiB}, {64 * kGiB, 2 * kGiB}, {INT64_MAX, 8 * kGiB}};

/// Of one resource: what the newest requested, what was used and where jobs were cut off, by how many.
struct Evidence {
  std::optional<std::int64_t> requested, used, cut_off;
  std::int64_t jobs = 0;
};

std::int64_t rounded_up(std::int64_t figure, std::span<const Step> steps) {
  for (const Step& s : steps)
    if (figure < s.below) return (figure + s.step - 1) / s.step * s.step;
  return figure;
}

std::optional<std::int64_t> next_figure(const Evidence& e, std::span<const Step> steps) {
  if (!e.requested) return std::nullopt;
  if (e.cut_off && *e.cut_off >= e.used.value_or(0)) {
    const std::int64_t next = rounded_up(*e.cut_off + *e.cut_off / 2, steps);
    return next > *e.requested ? std::optional(next) : std::nullopt;
  }
  if (e.jobs < kEnoughJobs || !e.used) return std::nullopt;
  const std::int64_t next = rounded_up(*e.used + *e.used / 5, steps);
  return 3 * next <= 2 * *e.requested ? std::optional(next) : std::nullopt;
}

std::optional<std::int64_t> enough_cpus(const NameSummary& jobs) {
  if (!jobs.requested_cpus || !jobs.busiest_cpus || jobs.cpus_measured < kEnoughJobs) return std::nullopt;
  const auto busy = static_cast<std::int64_t>(std::ceil(std::clamp(*jobs.busiest_cpus, 1.0, 1e9)));
  return 2 * busy <= *jobs.requested_cpus ? std::optional(busy) : std::nullopt;
}

/// sbatch reads no fractions.
std::string memory_text(std::int64_t bytes) {
  return bytes % kGiB == 0 ? fmt::format("{}G", bytes / kGiB) : fmt::format("{}M", bytes / kMiB);
}

/// "00:41:00 and 5.10G a node", of what is known.
std::string figures_text(std::optional<std::int64_t> seconds, std::optional<std::int64_t> bytes) {
  std::string text = seconds ? elapsed_text(*seconds) : "";
  if (bytes) text += (text.empty() ? "" : " and ") + rough_size_text(*bytes, std::nullopt) + " a node";
  return text.empty() ? "nothing" : text;
}

/// Each of at most 80 columns: names are cut.
std::string evidence_lines(const NameSummary& jobs) {
  std::string lines = fmt::format("# {} jobs '{}' of {}\n", jobs.jobs, shortened(harmless(jobs.name), 30),
                                  shortened(harmless(jobs.user), 20));
  lines += fmt::format("# used at most {}\n", figures_text(jobs.longest_run_s, jobs.largest_memory_bytes));
  lines += fmt::format("# requested {}\n", figures_text(jobs.requested_limit_s, jobs.requested_memory_bytes));
  if (jobs.timeouts > 0) lines += fmt::format("# {} met their time limit\n", jobs.timeouts);
  if (jobs.out_of_memory > 0) lines += fmt::format("# {} ran out of memory\n", jobs.out_of_memory);
  return lines;
}

}  // namespace

NextRequest next_request(const NameSummary& jobs) {
  return {next_figure({jobs.requested_limit_s, jobs.longest_run_s, jobs.longest_cut_off_s, jobs.measured},
                      kTimeSteps),
          next_figure({jobs.requested_memory_bytes, jobs.largest_memory_bytes,
                       jobs.largest_cut_off_memory_bytes, jobs.memory_measured},
                      kMemorySteps),
          enough_cpus(jobs)};
}

std::string sbatch_text(const NextRequest& next) {
  std::string text;
  if (next.limit_s) text += "--time=" + elapsed_text(*next.limit_s);
  if (next.memory_bytes) text += (text.empty() ? "--mem=" : " --mem=") + memory_text(*next.memory_bytes);
  return text;
}

std::string sbatch_lines(const NameSummary& jobs) {
  const NextRequest next = next_request(jobs);
  std::string lines;
  if (next.limit_s) lines += "#SBATCH --time=" + elapsed_text(*next.limit_s) + "\n";
  if (next.memory_bytes) lines += "#SBATCH --mem=" + memory_text(*next.memory_bytes) + "\n";
  if (next.cpus)
    lines += fmt::format(
        "# of {} CPUs requested at most {:.1f} were busy: {} are enough,\n"
        "# if the program runs with them\n",
        *jobs.requested_cpus, *jobs.busiest_cpus, *next.cpus);
  return lines.empty() ? lines : evidence_lines(jobs) + lines;
}

std::string sbatch_text_of(const std::vector<NameSummary>& names) {
  std::string text;
  for (const NameSummary& jobs : names)
    if (const std::string lines = sbatch_lines(jobs); !lines.empty())
      text += (text.empty() ? "" : "\n") + lines;
  return text;
}

}  // namespace foreshape
