// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/doctor/timer_checks.h"

#include "tests/tools/doctor/site_builder.h"

namespace foreshape {
namespace {

TimerFacts healthy_timers() {
  return {true,
          {{"foreshape-ingest.timer", "enabled", "active", "success"},
           {"foreshape-ingest.service", "static", "inactive", "success"},
           {"foreshape-retrain.timer", "enabled", "active", "success"}},
          {}};
}

}  // namespace

TEST(ParseUnits, ReadsWhatSystemctlShows) {
  const auto units = parse_units(
      "Id=foreshape-ingest.timer\nUnitFileState=enabled\nActiveState=active\nResult=success\n\n"
      "Id=foreshape-retrain.timer\nUnitFileState=\nActiveState=inactive\nResult=success\n");
  ASSERT_EQ(units.size(), 1U) << "the second one is not there";
  EXPECT_EQ(units[0].name, "foreshape-ingest.timer");
  EXPECT_EQ(units[0].file, "enabled");
  EXPECT_EQ(units[0].active, "active");
}

TEST(OurCronLines, LeaveOutComments) {
  EXPECT_EQ(
      our_cron_lines("# foreshape ingest\n*/10 * * * * slurm foreshape ingest sacct\n5 * * * * root true\n"),
      (std::vector<std::string>{"*/10 * * * * slurm foreshape ingest sacct"}));
}

TEST(TimerFindings, AreFineWithTimersOrWithCron) {
  expect_healthy(timer_findings(healthy_timers(), true));
  expect_healthy(timer_findings(
      {false, {}, {"* * * * * slurm foreshape ingest sacct", "3 3 * * * slurm /usr/bin/foreshape retrain"}},
      true));
}

TEST(TimerFindings, SayWhatIsWrong) {
  TimerFacts failed = healthy_timers();
  failed.units[1].active = "failed";
  failed.units[1].result = "exit-code";
  expect_finding(timer_findings(failed, true), Severity::error,
                 "foreshape-ingest.service failed when it ran last");
  TimerFacts until_boot = healthy_timers();
  until_boot.units[0].file = "disabled";
  expect_finding(timer_findings(until_boot, true), Severity::warning,
                 "systemctl enable foreshape-ingest.timer");
  TimerFacts none{true, {}, {}};
  expect_finding(timer_findings(none, false), Severity::warning,
                 "systemctl enable --now foreshape-ingest.timer");
  expect_finding(timer_findings(none, true), Severity::note, "something else does, since the store is fresh");
  none.has_systemd = false;
  expect_finding(timer_findings(none, false), Severity::warning, "writes /etc/cron.d/foreshape");
}

}  // namespace foreshape
