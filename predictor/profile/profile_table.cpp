// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/profile/profile_table.h"

#include <algorithm>

namespace foreshape {
namespace {

const ProfileRange* find(std::span<const ProfileRange> ranges, std::uint32_t key) {
  const auto at = std::ranges::lower_bound(ranges, key, {}, &ProfileRange::key);
  return at != ranges.end() && at->key == key ? &*at : nullptr;
}

}  // namespace

std::span<const PastJob> ProfileTable::newest(ProfileGroup group, std::uint32_t key) const {
  const ProfileRange* range = group == ProfileGroup::user      ? find(users_, key)
                              : group == ProfileGroup::account ? find(accounts_, key)
                                                               : &cluster_;
  return range != nullptr ? jobs_.subspan(range->first, range->jobs) : std::span<const PastJob>{};
}

}  // namespace foreshape
