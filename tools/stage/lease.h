// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How long a copy is kept, and whether a job used it: the one file of a copy that changes.
//
// Runs in: offline.
// Threads: plain values; functions over the file system under the copy's lock (with_copy_locked).

#include <cstdint>
#include <functional>
#include <string>

#include "predictor/base/clock.h"
#include "predictor/base/result.h"

namespace foreshape {

struct Lease {
  UnixSeconds expires_s = 0;
  UnixSeconds used_s = 0;  ///< when a job was last told of it, 0: never
  std::uint32_t uses = 0;
  std::int64_t copy_ms = 0;  ///< how long the copying took; 0 = not known

  bool operator==(const Lease&) const = default;
};

/// Of an open copy. Errors: not_found, corrupt, unavailable.
Result<Lease> read_lease(int copy);

/// Replaced in one step. Errors: unavailable.
Result<void> write_lease(int copy, const Lease& lease);

/// Nobody believes a lease beyond this, whoever wrote it.
inline bool is_valid(const Lease& lease, UnixSeconds now, std::int64_t keep_max_s) {
  return lease.expires_s > now && lease.expires_s <= now + keep_max_s;
}

/// Runs the work while nobody else changes the copy's lease or removes it. Errors: busy - the lock could not be
/// had within a second; those of the work.
Result<void> with_copy_locked(int copy, const std::function<Result<void>()>& work);

}  // namespace foreshape
