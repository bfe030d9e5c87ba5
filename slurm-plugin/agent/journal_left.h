// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The second place of events that the journal could not take before slurmctld ended, and the word of those
// that found no place at all.
//
// Runs in: slurmctld (journal thread, and the one that ends it).
// Threads: pure functions over the file system; one thread at a time.
//
// <StateDir>/journal.left: frames as the journal has them (predictor/journal/frame.h), written at once.
// <StateDir>/journal.left.damaged: the last one of which not all could be read, for a person to look at.
// <StateDir>/journal.lost: a number of 20 digits and a newline, how many events were lost. It is made while
// all is well and then only written over, since a full disk has no room for a new file.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "predictor/base/result.h"
#include "predictor/journal/event.h"

namespace foreshape {

/// More than both queues hold, several times over: who restarts a slurmctld again and again whose journal
/// can't be written.
inline constexpr std::size_t kMaxLeftEvents = 65'536;

/// Replaces what was left before.
/// Errors: unavailable - as replace_file(); what was left before is still there.
Result<void> leave_events(const std::string& state_dir, const std::vector<JournalEvent>& events);

struct LeftEvents {
  std::vector<JournalEvent> events;  ///< at most kMaxLeftEvents
  std::uint64_t unreadable = 0;      ///< of a damaged or newer file
};

/// Empty where there is no such file.
/// Errors: unavailable; invalid_input - the file is not ours.
Result<LeftEvents> left_events(const std::string& state_dir);

/// Keeps a damaged file as journal.left.damaged, in place of an earlier one, and leaves of it what was read.
/// Errors: unavailable - the file is there as it was.
Result<void> put_aside(const std::string& state_dir, const std::vector<JournalEvent>& readable);

/// They are in the journal now.
void forget_left(const std::string& state_dir) noexcept;

/// Says that so many events are lost, beside those that were said before and are not yet told.
/// Errors: unavailable.
Result<void> note_lost(const std::string& state_dir, std::uint64_t events);

/// How many; makes the file where it is missing.
/// Errors: unavailable - it can't be read or made.
Result<std::uint64_t> noted_lost(const std::string& state_dir);

/// They are told now.
/// Errors: unavailable.
Result<void> forget_lost(const std::string& state_dir);

}  // namespace foreshape
