// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/shadow_view.h"

#include <algorithm>

#include "sql/pg.h"

namespace foreshape {

Result<std::vector<ShadowWeek>> ask_shadow(Pg& db, const JobFilter& filter, const Viewer& viewer) {
  if (!viewer.is_operator)
    return failure(ErrorCode::invalid_input,
                   "shadow is about the queues of all users: members of foreshape_operator may see them "
                   "(GRANT foreshape_operator TO the role that asks)");
  std::vector<ShadowJob> jobs;
  auto read = for_each_shadow_job(db, filter, [&jobs](const ShadowJob& job) { jobs.push_back(job); });
  if (!read) return tl::make_unexpected(read.error());
  const auto holds = select_holds(db, filter);
  if (!holds) return tl::make_unexpected(holds.error());
  const UnixSeconds end_s = filter.end_s.value_or(0);
  return shadow_weeks(jobs, *holds, filter.start_s.value_or(end_s), end_s, end_s);
}

}  // namespace foreshape
