// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Journal events as FlatBuffers (journal.fbs) and back.
//
// Runs in: slurmctld (journal thread) and offline.
// Threads: an EventEncoder belongs to one thread; decode_event is a pure function.

#include <memory>
#include <string_view>

#include "predictor/base/result.h"
#include "predictor/journal/event.h"

namespace foreshape {

/// Encodes into a buffer that is kept: after the first few events nothing is allocated.
class EventEncoder {
 public:
  EventEncoder();
  ~EventEncoder();
  EventEncoder(EventEncoder&&) noexcept;
  EventEncoder& operator=(EventEncoder&&) noexcept;

  /// The event's bytes, valid until the next call.
  std::string_view encode(const JournalEvent& event);

 private:
  struct Buffer;
  std::unique_ptr<Buffer> buffer_;
};

/// The event in these bytes. They are verified: nothing in them is trusted, texts are cut to their bounds.
/// Errors: corrupt - not a journal record, or a value out of its range; invalid_input - a kind of event
/// that this version does not know (written by a newer one).
Result<JournalEvent> decode_event(std::string_view bytes);

}  // namespace foreshape
