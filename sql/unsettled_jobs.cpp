// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/unsettled_jobs.h"

#include "predictor/base/text.h"
#include "sql/queries.h"

namespace foreshape {

Result<std::vector<JobId>> unsettled_jobs(Pg& db, const std::string& cluster) {
  return db.query(kUnsettledJobsSql, {harmless(cluster)}).map([](const PgRows& rows) {
    std::vector<JobId> ids;
    for (std::size_t i = 0; i < rows.size(); ++i)
      ids.push_back(static_cast<JobId>(rows.integer(i, 0).value_or(0)));
    return ids;
  });
}

}  // namespace foreshape
