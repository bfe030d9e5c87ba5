// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql/report_params.h"

namespace foreshape {

PgParam any_of(const std::vector<std::string>& words) { return words.empty() ? PgParam{} : pg_array(words); }

std::vector<PgParam> params_of(const JobFilter& filter) {
  return {pg(filter.start_s),        pg(filter.end_s),        any_of(filter.users), any_of(filter.accounts),
          any_of(filter.partitions), any_of(filter.clusters), any_of(filter.qos),   any_of(filter.names),
          any_of(filter.jobs),       any_of(filter.states)};
}

}  // namespace foreshape
