// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/doctor/clock_checks.h"

#include "tests/tools/doctor/site_builder.h"
#include "tools/cli/slurm_text.h"

namespace foreshape {
namespace {

constexpr UnixSeconds kClockNow = 1'790'000'000;

}  // namespace

TEST(AnsweredAt, IsTheMomentInScontrolsFirstLine) {
  const std::string config = "Configuration data as of " + timestamp_text(kClockNow) + "\nx = y\n";
  EXPECT_EQ(answered_at(config, kClockNow + 5), kClockNow);
  EXPECT_EQ(answered_at("x = y\n", kClockNow), std::nullopt);
  EXPECT_EQ(answered_at("Configuration data as of never\n", kClockNow), std::nullopt);
}

TEST(ClockFindings, AreFineWhereClocksAgreeOrAreNotKnown) {
  ClockFacts clocks;
  clocks.now_s = kClockNow;
  expect_healthy(clock_findings(clocks));
  clocks.slurmctld_ahead_s = -2;
  clocks.store_ahead_s = 1;
  clocks.status_s = kClockNow - 9;
  clocks.ingested_s = kClockNow - 99;
  clocks.is_kept = true;
  expect_healthy(clock_findings(clocks));
}

TEST(ClockFindings, SayWhichClockIsWrong) {
  const struct {
    void (*breaks)(ClockFacts&);
    Severity severity;
    const char* want;
  } cases[] = {
      {[](ClockFacts& c) { c.slurmctld_ahead_s = 3'600; }, Severity::warning,
       "slurmctld's clock is 3600 s ahead of this machine's"},
      {[](ClockFacts& c) { c.store_ahead_s = -90; }, Severity::warning,
       "the store's clock is 90 s behind this machine's"},
      {[](ClockFacts& c) { c.status_s = kClockNow + 500; }, Severity::warning,
       "status.json was written 500 s in the future"},
      {[](ClockFacts& c) { c.ingested_s = kClockNow + 500; }, Severity::warning,
       "foreshape ingest sacct --starttime TIME"},
      {[](ClockFacts& c) { c.is_kept = false; }, Severity::note, "NTP does not keep"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.want);
    ClockFacts clocks;
    clocks.now_s = kClockNow;
    c.breaks(clocks);
    expect_finding(clock_findings(clocks), c.severity, c.want);
  }
}

}  // namespace foreshape
