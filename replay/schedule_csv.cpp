// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/schedule_csv.h"

#include <fmt/format.h>

#include "replay/csv_field.h"

namespace foreshape {

std::string_view schedule_csv_header() { return "trace,policy,predictor,seed,job,submit_s,start_s,end_s\n"; }

std::string schedule_csv(const Workload& load, const SchedulingPolicy& policy, std::uint64_t seed,
                         const Schedule& schedule) {
  const std::string run = fmt::format("{},{},{},{}", csv_field(load.trace), csv_field(policy.name),
                                      source_name(policy.source), seed);
  std::string text;
  for (std::size_t i = 0; i < load.jobs.size(); ++i)
    fmt::format_to(std::back_inserter(text), "{},{},{},{},{}\n", run, load.jobs[i].id, load.jobs[i].submit_s,
                   schedule.start_s[i], schedule.end_s[i]);
  return text;
}

}  // namespace foreshape
