// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/stage_why.h"

#include <fmt/format.h>
#include <map>
#include <utility>

#include "predictor/base/text.h"
#include "tools/cli/slurm_text.h"

namespace foreshape {
namespace {

std::string size_of(const StageEvent& e) { return rough_size_text(e.bytes, std::nullopt); }

std::string in_job(const StageEvent& e) {
  return e.job_id != 0 ? fmt::format(" in job {}", e.job_id) : std::string();
}

std::string reason_of(const StageEvent& e) {
  return e.reason.empty() ? std::string() : fmt::format(": {}", e.reason.view());
}

std::string copying_of(const StageEvent& e) {
  return fmt::format("{} in {:.1f} s", size_of(e), static_cast<double>(e.copy_ms) / 1'000);
}

/// What a step was, for who asks about another job.
std::string step_text(const StageEvent& e) {
  const std::string at = timestamp_text(e.at_s);
  switch (e.step) {
    case StagePhase::planned:
      return fmt::format("planned {} as job {}", at, e.job_id);
    case StagePhase::staged:
      return fmt::format("staged {}{}, {}", at, in_job(e), copying_of(e));
    case StagePhase::used:
      return fmt::format("last used {}{}", at, in_job(e));
    case StagePhase::missed:
      return fmt::format("missed {}{}", at, in_job(e));
    case StagePhase::failed:
      return fmt::format("could not be staged {}{}{}", at, in_job(e), reason_of(e));
    case StagePhase::expired:
      return fmt::format("removed {}{}, used {} times", at, reason_of(e), e.uses);
  }
  return "";
}

/// What the job itself was told, or did.
std::string own_text(const StageEvent& e) {
  if (e.step == StagePhase::used) return fmt::format("was told of its copy, {}", size_of(e));
  if (e.step == StagePhase::missed) return fmt::format("there was no copy that it could use{}", reason_of(e));
  return step_text(e);
}

/// The newest before `index` about the same source of the same user, but not by this job; of a copy that was
/// used, how it came there.
const StageEvent* before(const std::vector<StageEvent>& events, std::size_t index) {
  const StageEvent& last = events[index];
  for (std::size_t i = index; i-- > 0;) {
    const StageEvent& e = events[i];
    if (e.uid != last.uid || e.job_id == last.job_id || e.source.view() != last.source.view()) continue;
    if (e.step == StagePhase::missed || (last.step == StagePhase::used && e.step != StagePhase::staged))
      continue;
    return &e;
  }
  return nullptr;
}

}  // namespace

std::string stage_why_text(const std::vector<StageEvent>& events, JobId job) {
  // A source's last word: a job may have been told of a copy that had changed by the time it started.
  std::map<std::pair<UserId, std::string>, std::size_t> last;
  for (std::size_t i = 0; i < events.size(); ++i)
    if (events[i].job_id == job && events[i].step != StagePhase::expired)
      last[{events[i].uid, std::string(events[i].source.view())}] = i;
  std::string text;
  for (const auto& [whose, index] : last) {
    const StageEvent& e = events[index];
    const StageEvent* const earlier = before(events, index);
    text += harmless(fmt::format("job {}: {}: {}{}", job, e.source.view(), own_text(e),
                                 earlier != nullptr ? "; " + step_text(*earlier) : "")) +
            "\n";
  }
  if (!text.empty()) return text;
  return fmt::format(
      "job {}: asked for no copy, as far as is known: neither foreshape stage find, FORESHAPE_STAGE nor "
      "#BB_LUA "
      "stage_in\n",
      job);
}

}  // namespace foreshape
