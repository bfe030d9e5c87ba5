// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/history/job_id_text.h"

#include <algorithm>

#include "predictor/history/slurm_field.h"

namespace foreshape {
namespace {

/// How many tasks "1-10:2,17%4" names; at least 1, at most what an array may have.
std::uint32_t tasks_in(std::string_view list) {
  constexpr std::uint32_t kArrayTasksMax = 4'000'001;  // Slurm's own limit of MaxArraySize
  list = list.substr(0, list.find('%'));
  std::uint32_t tasks = 0;
  while (!list.empty() && tasks < kArrayTasksMax) {
    const std::string_view range = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), range.size() + 1));
    const auto dash = range.find('-'), colon = range.find(':');
    const auto first = number_in<std::uint32_t>(range.substr(0, dash));
    const auto last =
        dash == range.npos ? first : number_in<std::uint32_t>(range.substr(dash + 1, colon - dash - 1));
    const auto step =
        colon == range.npos ? std::optional{1U} : number_in<std::uint32_t>(range.substr(colon + 1));
    if (!first || !last || !step || *last < *first || *step == 0) continue;  // cut off by "..." in long lists
    tasks += std::min((*last - *first) / *step + 1, kArrayTasksMax);
  }
  return std::min(std::max(tasks, 1U), kArrayTasksMax);
}

}  // namespace

Result<JobIdText> slurm_job_id(std::string_view field) {
  JobIdText id;
  // A long list of array tasks is cut off with dots inside the bracket: 123_[1-3,...]
  const auto bracket = field.find(']');
  const auto dot = field.find('.', bracket == field.npos ? 0 : bracket);
  id.job = field.substr(0, dot);
  if (dot != field.npos) id.step = field.substr(dot + 1);
  const auto mark = id.job.find_first_of("_+");
  const auto value = number_in<JobId>(id.job.substr(0, mark));
  if (!value || (dot != field.npos && id.step.empty())) return unreadable(field, "a job id");
  id.number = *value;
  id.array = mark != id.job.npos && id.job[mark] == '_';
  if (id.array && id.job.substr(mark + 1).starts_with('['))
    id.pending_tasks = tasks_in(id.job.substr(mark + 2, id.job.find(']') - mark - 2));
  return id;
}

}  // namespace foreshape
