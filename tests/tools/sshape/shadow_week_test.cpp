// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/sshape/shadow_week.h"

#include <cstdlib>
#include <ctime>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tools/sshape/report_json.h"
#include "tools/sshape/shadow_fields.h"

namespace foreshape {

class ShadowTest : public testing::Test {
 protected:
  static constexpr UnixSeconds kMonday = 1'795'392'000;  // 2026-11-23T00:00:00 UTC
  static constexpr UnixSeconds kWeek = 7 * 86'400;
  static constexpr std::int64_t kGiB = 1LL << 30;

  void SetUp() override {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
  }
  static ShadowJob waiting(UnixSeconds submit_s, UnixSeconds start_s, std::int64_t offset_s) {
    ShadowJob job;
    job.cluster = "lab";
    job.partition = "main";
    job.submit_s = submit_s;
    job.start_s = start_s;
    job.order_offset_s = offset_s;
    return job;
  }
  /// Ran for an hour on two nodes with 8 CPUs, and requested 10 GiB a node.
  static ShadowJob shaped(std::int64_t gib, std::optional<std::int64_t> peak_gib) {
    ShadowJob job;
    job.submit_s = job.start_s = kMonday;
    job.end_s = kMonday + 3'600;
    job.run_s = 3'600;
    job.nodes = 2;
    job.cpus = 8;
    job.requested_memory_bytes = 10 * kGiB;
    job.shaped_memory_bytes = gib * kGiB;
    if (peak_gib) job.peak_memory_bytes = *peak_gib * kGiB;
    return job;
  }
  static ReportedHold dry_hold(UnixSeconds created_s, std::int64_t hits, UnixSeconds closed_s) {
    ReportedHold hold;
    hold.created_s = created_s;
    hold.closed_s = closed_s;
    hold.hits = hits;
    hold.idle_node_s = 1'800;
    hold.dry_run = true;
    return hold;
  }
  static std::vector<ShadowWeek> weeks(const std::vector<ShadowJob>& jobs,
                                       const std::vector<ReportedHold>& holds = {}) {
    return shadow_weeks(jobs, holds, kMonday - kWeek, kMonday + kWeek, kMonday + kWeek);
  }
};

TEST_F(ShadowTest, HasEveryWeekOfTheWindowAlsoAcrossAChangeOfTheClock) {
  ::setenv("TZ", "Europe/Berlin", 1);
  ::tzset();
  const UnixSeconds october = 1'790'805'600;  // 2026-10-01; summer time ends on the 25th
  const auto found = shadow_weeks({}, {}, october, october + 6 * kWeek, october + 6 * kWeek);
  ASSERT_EQ(found.size(), 7U);
  const auto columns = parse_format("week", shadow_field_names()).value();
  EXPECT_EQ(shadow_texts(columns, found.front()).front(), "2026-09-28");
  EXPECT_EQ(shadow_texts(columns, found[4]).front(), "2026-10-26");
  EXPECT_EQ(shadow_texts(columns, found.back()).front(), "2026-11-09");
}

TEST_F(ShadowTest, CountsWhoWouldHaveStoodElsewhereAmongThoseThatWaited) {
  ShadowJob elsewhere = waiting(kMonday + 20, kMonday + 900, 0);
  elsewhere.partition = "debug";
  const auto found = weeks({waiting(kMonday - 100, kMonday + 1'000, 90'000),  // of the week before
                            waiting(kMonday + 10, kMonday + 1'010, 0),
                            waiting(kMonday + 15, kMonday + 40, 0),  // started too soon to count
                            elsewhere});
  const OrderShadow& before = found[0].order;
  EXPECT_EQ(before.jobs, 1);
  EXPECT_EQ(before.passed, 1);
  EXPECT_EQ(before.passed_by, 1) << "by none that started at once, and by none of another partition";
  EXPECT_EQ(before.passed_wait_s, 1'100);
  const OrderShadow& now = found[1].order;
  EXPECT_EQ(now.jobs, 3);
  EXPECT_EQ(now.waited, 2);
  EXPECT_EQ(now.moved, 1);
  EXPECT_EQ(now.ahead, 1);
  EXPECT_EQ(now.ahead_of, 1);
  EXPECT_EQ(now.ahead_wait_s, 1'000);
}

TEST_F(ShadowTest, CountsThoseThatStillWaitOrGaveUpWaiting) {
  ShadowJob cancelled = waiting(kMonday, 0, 90'000);
  cancelled.end_s = kMonday + 500;
  const auto found = weeks({cancelled, waiting(kMonday + 400, 0, 0), waiting(kMonday + 600, 0, 0)});
  EXPECT_EQ(found[1].order.waited, 3);
  EXPECT_EQ(found[1].order.passed_by, 1) << "the third came when it was gone";
}

TEST_F(ShadowTest, SaysWhatMemoryWouldHaveBeenGivenBackAndWhoWouldHaveBeenKilledForIt) {
  ShadowJob running = shaped(4, std::nullopt);
  running.end_s = 0;
  const auto found = weeks({shaped(4, 3), shaped(4, 5), shaped(6, std::nullopt), running});
  const MemoryShadow& memory = found[1].memory;
  EXPECT_EQ(memory.jobs, 4);
  EXPECT_EQ(memory.ended, 3);
  EXPECT_EQ(memory.measured, 2);
  EXPECT_EQ(memory.killed, 1);
  EXPECT_DOUBLE_EQ(memory.gib_hours_requested, 60);
  EXPECT_DOUBLE_EQ(memory.gib_hours_given_back, 12 + 8) << "nothing of the one that was killed";
  EXPECT_DOUBLE_EQ(memory.core_hours_again, 8);
}

TEST_F(ShadowTest, SaysWhichHoldsWouldHaveBeenHit) {
  ReportedHold real = dry_hold(kMonday, 1, kMonday + 60);
  real.dry_run = false;
  const auto found =
      weeks({}, {dry_hold(kMonday + 1, 2, kMonday + 60), dry_hold(kMonday + 2, 0, kMonday + 60),
                 dry_hold(kMonday + 3, 0, 0), dry_hold(kMonday - 2 * kWeek, 1, kMonday), real});
  EXPECT_EQ(found[0].holds.holds, 0);
  EXPECT_EQ(found[1].holds.holds, 3);
  EXPECT_EQ(found[1].holds.hit, 1);
  EXPECT_EQ(found[1].holds.unused, 1);
  EXPECT_EQ(found[1].holds.idle_node_s, 5'400);
}

TEST_F(ShadowTest, IsAMailOfShortLines) {
  const std::string mail =
      shadow_mail(weeks({waiting(kMonday - 100, kMonday + 1'000, 90'000),
                         waiting(kMonday + 10, kMonday + 1'010, 0), shaped(4, 3), shaped(4, 5)}));
  EXPECT_EQ(mail,
            "What Foreshape would have done, by its dry runs; Slurm was told nothing of it.\n"
            "\nWeek of 2026-11-16\n"
            "  Order   1 jobs, 1 of them waited a minute or more:\n"
            "          1 would have stood elsewhere in the queue\n"
            "          1 passed by 1.0 others on average; they waited 00:18:20\n"
            "\nWeek of 2026-11-23\n"
            "  Order   1 jobs, 1 of them waited a minute or more:\n"
            "          1 would have stood elsewhere in the queue\n"
            "          1 ahead of 1.0 others on average; they waited 00:16:40\n"
            "  Memory  2 jobs would have been given less, 2 of them have ended:\n"
            "          12.0 of 40.0 GiB-hours given back\n"
            "          1 of the 2 that were measured killed and run again (8.0 core-hours)\n"
            "\nNothing recorded of Hold=dry-run:\nset in foreshape.conf, and ingested?\n");
}

TEST_F(ShadowTest, HasAllFieldsInItsTable) {
  EXPECT_EQ(parse_format(kDefaultShadowFormat, shadow_field_names())->size(), shadow_field_names().size());
  EXPECT_EQ(to_json(weeks({shaped(4, 5)})[1])["memory"]["killed"], 1);
}

}  // namespace foreshape
