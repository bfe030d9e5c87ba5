// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/doctor/clock_checks.h"

#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>

#include "tools/cli/child_process.h"

namespace foreshape {
namespace {

constexpr const char* kGroup = "clock";

// An answer may take seconds: scontrol alone is given ten.
constexpr std::int64_t kTolerated_s = 60;

void check_other(const char* whose, const std::optional<std::int64_t>& ahead_s, Findings& findings) {
  if (std::llabs(ahead_s.value_or(0)) <= kTolerated_s) return;
  findings.push_back({kGroup, Severity::warning,
                      fmt::format("{} clock is {} s {} this machine's", whose, std::llabs(*ahead_s),
                                  *ahead_s > 0 ? "ahead of" : "behind"),
                      "waits, run times and what is already ingested are told by these clocks",
                      "let NTP keep both: timedatectl set-ntp true"});
}

void check_future(const char* what, const std::optional<UnixSeconds>& moment, const char* cure,
                  UnixSeconds now, Findings& findings) {
  if (!moment || *moment - now <= kTolerated_s) return;
  findings.push_back({kGroup, Severity::warning, fmt::format("{} {} s in the future", what, *moment - now),
                      "a clock was ahead; until then nothing counts as new", cure});
}

}  // namespace

std::optional<bool> is_time_kept() {
  std::error_code ignored;
  if (!std::filesystem::exists("/run/systemd/system", ignored)) return std::nullopt;
  const auto answer = output_of({"timedatectl", "show", "--property=NTPSynchronized", "--value"});
  if (!answer) return std::nullopt;
  return answer->starts_with("yes");
}

Findings clock_findings(const ClockFacts& clocks) {
  Findings findings;
  check_other("slurmctld's", clocks.slurmctld_ahead_s, findings);
  check_other("the store's", clocks.store_ahead_s, findings);
  check_future("status.json was written", clocks.status_s, "correct the clock, restart slurmctld",
               clocks.now_s, findings);
  check_future("sacct was ingested up to", clocks.ingested_s,
               "correct the clock, then foreshape ingest sacct --starttime TIME, from before it was wrong",
               clocks.now_s, findings);
  if (clocks.is_kept == false)
    findings.push_back({kGroup, Severity::note, "NTP does not keep this machine's clock",
                        "a step of the clock looks like a job that ran for hours",
                        "timedatectl set-ntp true"});
  if (findings.empty()) findings.push_back(fine(kGroup, "the clocks agree"));
  return findings;
}

}  // namespace foreshape
