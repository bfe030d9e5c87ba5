// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/stage_events.h"

#include <string_view>

#include "predictor/base/text.h"
#include "tools/stage/source_path.h"

namespace foreshape {
namespace {

/// The source stands beside it already, and what has failed too.
void set_reason(StageEvent& event, const std::string& source, std::string_view reason) {
  for (const std::string& known : {source + ": ", std::string("no copy that a job may use: ")})
    if (reason.starts_with(known)) reason.remove_prefix(known.size());
  event.reason.assign(harmless(reason));
}

}  // namespace

std::optional<StageEvent> copy_event(const std::string& source, const Result<StagedCopy>& copy) {
  if (copy && !copy->is_new) return std::nullopt;
  StageEvent event;
  event.source.assign(source);
  event.step = copy ? StagePhase::staged : StagePhase::failed;
  if (copy) {
    event.bytes = copy->bytes;
    event.copy_ms = copy->copy_ms;
    event.file_system.assign(file_system_of(source));
  } else {
    set_reason(event, source, copy.error().message);
  }
  return event;
}

StageEvent use_event(const std::string& source, const Result<FoundCopy>& copy, JobId job) {
  StageEvent event;
  event.source.assign(source);
  event.job_id = job;
  event.step = copy ? StagePhase::used : StagePhase::missed;
  if (copy) {
    event.bytes = copy->bytes;
    event.copy_ms = copy->copy_ms;
  } else {
    set_reason(event, source, copy.error().message);
  }
  return event;
}

}  // namespace foreshape
