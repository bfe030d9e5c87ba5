// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A copy that is being made: a hidden directory, locked by its maker, that either becomes a copy in one step or is
// removed.
//
// Runs in: offline, as the user whose data it is.
// Threads: one object, one thread.

#include <cstdint>
#include <string>

#include "predictor/base/clock.h"
#include "predictor/base/descriptor.h"
#include "predictor/base/result.h"
#include "tools/stage/user_directory.h"

namespace foreshape {

/// The lock may not reach from one machine to another (NFSv3, Lustre without flock): a draft of another machine
/// whose maker has said nothing for so long is an orphan too.
inline constexpr std::int64_t kSilentSeconds = 3'600;

class Draft {
 public:
  /// Makes the draft of this source, taking over what a dead maker left.
  /// user_directory: must outlive the draft. bytes: what it is going to hold, for the account.
  /// Errors: busy - somebody is making it now; unavailable.
  static Result<Draft> begin(int user_directory, const std::string& key, std::int64_t bytes, UnixSeconds now);
  /// Removes what was not published.
  ~Draft();
  Draft(Draft&& other) noexcept;
  Draft& operator=(Draft&&) = delete;

  int get() const { return directory_.get(); }
  /// Says that its maker lives; more often than once in 30 s it does nothing.
  void say_alive(UnixSeconds now);
  /// Syncs the draft's own names and gives it the copy's. Errors: unavailable.
  Result<void> publish(const CopyName& copy);

 private:
  Draft(int user_directory, std::string name, Descriptor directory)
      : user_directory_(user_directory), name_(std::move(name)), directory_(std::move(directory)) {}

  int user_directory_;
  std::string name_;
  Descriptor directory_;
  UnixSeconds said_s_ = 0;
};

/// What a draft promises to hold, in bytes; 0 where it does not say.
std::int64_t promised_bytes(int user_directory, const std::string& name);

/// Removes the draft if its maker is dead; true if so, or if it was none. A live one stays.
/// Errors: unavailable.
Result<bool> remove_orphan(int user_directory, const std::string& name, UnixSeconds now);

}  // namespace foreshape
