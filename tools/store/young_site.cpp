// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/store/young_site.h"

#include <cmath>

#include "sql/past_jobs.h"
#include "sql/pg.h"
#include "trainer/promotion_check.h"

namespace foreshape {

std::uint64_t jobs_needed(double share) {
  return static_cast<std::uint64_t>(std::ceil(static_cast<double>(kMinToDecide) / share));
}

Result<std::uint64_t> stored_jobs(const std::string& database, const std::string& cluster, UnixSeconds from_s,
                                  std::uint64_t most) {
  auto db = Pg::connect(database);
  if (!db) return tl::make_unexpected(db.error());
  return count_ended_jobs(*db, cluster, from_s, most);
}

}  // namespace foreshape
