// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/doctor/status_findings.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tools/doctor/slurm_checks.h"
#include "tools/site/json_fields.h"
#include "tools/site/status_checks.h"

namespace foreshape {
namespace {

constexpr const char* kGroup = "status";

/// What predictions rest on. A site that has just begun has none yet, which is no fault.
void check_knowledge(const nlohmann::json& status, Findings& findings) {
  const auto made = json_number<UnixSeconds>(status, "/profiles/snapshot_made");
  if (made == 0)
    findings.push_back(
        {kGroup, Severity::note, "no snapshot is loaded",
         "predictions rest on the jobs that have ended since slurmctld started",
         "foreshape ingest sacct && foreshape snapshot; foreshape-ingest.timer does it every ten minutes"});
  else
    findings.push_back(fine(kGroup, fmt::format("{} jobs of {} users in the snapshot",
                                                json_number<std::uint64_t>(status, "/profiles/jobs"),
                                                json_number<std::uint64_t>(status, "/profiles/users"))));
}

/// A model knows the site as it was when it was trained.
void check_model(const nlohmann::json& status, UnixSeconds now, Findings& findings) {
  constexpr std::int64_t kDay_s = 86'400, kOld_days = 30;
  const std::string checksum = json_text(status, "/model/checksum");
  if (checksum.empty()) return;  // the kernel predicts, which is no fault
  const std::int64_t days = (now - json_number<UnixSeconds>(status, "/model/made")) / kDay_s;
  const std::string what = fmt::format("model {} is {} days old", checksum, days);
  if (days <= kOld_days)
    findings.push_back(fine(kGroup, what));
  else
    findings.push_back({kGroup, Severity::note, what, "it has not seen what users have done since",
                        "foreshape retrain; foreshape-retrain.timer does it every night"});
}

}  // namespace

Findings status_findings(const Result<nlohmann::json>& status, const Settings& settings, UnixSeconds now) {
  if (!status)
    return {{kGroup, Severity::error, status.error().message,
             "the agent in slurmctld does not work, or not here",
             "see slurmctld's log for lines with foreshape"}};
  Findings findings = findings_of(kGroup, status_checks(*status, settings, now), Severity::warning,
                                  "see docs/administration.md, What may go wrong");
  if (findings.empty())
    findings.push_back(fine(kGroup, fmt::format("{} submissions seen, {} faults; the agent wrote {} s ago",
                                                json_number<std::uint64_t>(*status, "/jobs/submitted"),
                                                json_number<std::uint64_t>(*status, "/faults"),
                                                now - json_number<UnixSeconds>(*status, "/written"))));
  check_knowledge(*status, findings);
  check_model(*status, now, findings);
  return findings;
}

}  // namespace foreshape
