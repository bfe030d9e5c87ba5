// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Work with another user's rights, in a process of its own that can't hold us up: a user may have put a file system
// that never answers in the way.
//
// Runs in: offline.
// Threads: main thread only: the process is forked.

#include <chrono>
#include <cstddef>
#include <cstring>
#include <functional>
#include <string>
#include <sys/types.h>
#include <type_traits>

#include "predictor/base/result.h"

namespace foreshape {

/// Runs the work with the rights of that user alone, groups too, and returns the bytes that it answers (at most 256 KiB).
/// Root's real user stays, so that the user can't end the process. Where the caller is that user already nothing
/// is changed.
///
/// Errors: deadline - it took too long and was killed; unavailable - neither root nor that user, no process could be
/// had, or it died.
Result<std::string> answer_as(uid_t uid, gid_t gid, std::chrono::milliseconds time,
                              const std::function<std::string()>& work);

/// The same for work that answers a plain value, which comes through the pipe as its bytes.
template <class Value>
Result<Value> value_as(uid_t uid, gid_t gid, std::chrono::milliseconds time,
                       const std::function<Value()>& work) {
  static_assert(std::is_trivially_copyable_v<Value>);
  const auto answer = answer_as(uid, gid, time, [&work] {
    const Value value = work();
    std::string bytes(sizeof value, '\0');
    std::memcpy(bytes.data(), &value, sizeof value);
    return bytes;
  });
  if (!answer) return tl::make_unexpected(answer.error());
  Value value;
  if (answer->size() != sizeof value)
    return failure(ErrorCode::unavailable, "the process with its owner's rights died");
  std::memcpy(&value, answer->data(), sizeof value);
  return value;
}

}  // namespace foreshape
