// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/doctor/status_findings.h"

#include <nlohmann/json.hpp>

#include "tests/tools/doctor/site_builder.h"

namespace foreshape {
namespace {

constexpr UnixSeconds kNow = 1'790'000'000;

nlohmann::json healthy_status() {
  return {{"written", kNow - 4},
          {"faults", 0},
          {"jobs", {{"submitted", 7}}},
          {"model", {{"checksum", "00000000deadbeef"}, {"made", kNow - 86'400}}},
          {"profiles", {{"snapshot_made", kNow - 60}, {"jobs", 1'000}, {"users", 9}}}};
}

}  // namespace

TEST(StatusFindings, AreFineWhereAllIsWell) {
  expect_healthy(status_findings(healthy_status(), Settings{}, kNow));
}

TEST(StatusFindings, AreErrorsWhereNothingWorksAndWarningsWhereItWorksWorse) {
  const struct {
    const char* path;
    nlohmann::json value;
    Severity severity;
    const char* want;
  } cases[] = {
      {"/written", kNow - 3'600, Severity::error, "the status is 60 min old"},
      {"/observe_only", true, Severity::error, "has switched itself to observe"},
      {"/settings/error", "line 3", Severity::error, "foreshape.conf is not in force: line 3"},
      {"/model/refused", "too slow", Severity::warning, "the model file was refused: too slow"},
      {"/journal/lost", 3, Severity::warning, "3 events were lost"},
      {"/jobs/unmatched", 3, Severity::warning, "3 jobs of 7 ended whose predictions could not be found"},
      {"/faults", 2, Severity::note, "2 faults"},
      {"/kill_switch", true, Severity::note, "the kill switch is on"},
      {"/model/made", kNow - 40 * 86'400, Severity::note, "is 40 days old"},
      {"/profiles/snapshot_made", 0, Severity::note, "no snapshot is loaded"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.path);
    nlohmann::json status = healthy_status();
    status[nlohmann::json::json_pointer(c.path)] = c.value;
    expect_finding(status_findings(status, Settings{}, kNow), c.severity, c.want);
  }
}

TEST(StatusFindings, AreAnErrorWithoutAStatus) {
  expect_finding(status_findings(failure(ErrorCode::not_found, "/s.json: there is none"), Settings{}, kNow),
                 Severity::error, "/s.json: there is none");
}

}  // namespace foreshape
