// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/decayed_usage.h"

#include <cassert>
#include <cmath>
#include <numbers>

namespace foreshape {

DecayedUsage::DecayedUsage(std::size_t associations, double half_life_s)
    : decay_per_s_(std::numbers::ln2 / half_life_s), records_(associations) {
  assert(half_life_s > 0);
}

DecayedUsage::Record& DecayedUsage::brought_to(std::size_t association, std::int64_t now_s) {
  Record& record = records_[association];
  const bool is_unused = record.used == 0 && record.procs == 0;
  if (!is_unused && now_s != record.at_s) {
    // 1 - what is left: expm1 is exact for the seconds between two events.
    const double lost = -std::expm1(-decay_per_s_ * static_cast<double>(now_s - record.at_s));
    record.used += lost * (static_cast<double>(record.procs) / decay_per_s_ - record.used);
  }
  record.at_s = now_s;
  return record;
}

void DecayedUsage::take(std::size_t association, std::int64_t procs, std::int64_t now_s) {
  brought_to(association, now_s).procs += procs;
}

double DecayedUsage::usage(std::size_t association, std::int64_t now_s) {
  return brought_to(association, now_s).used;
}

}  // namespace foreshape
