// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A site whose slurm.conf is as Order wants it: one point for each minute of a week.
//
// Runs in: offline.

#include "slurm-plugin/slurm/site_facts.h"

namespace foreshape::test {

inline SiteFacts facts_for_order() {
  SiteFacts facts;
  facts.priority_type = "priority/multifactor";
  facts.priority_weight_age = 10'080;
  facts.priority_max_age_s = 7 * 86'400;
  facts.bf_min_prio_reserve = 10'080;
  return facts;
}

}  // namespace foreshape::test
