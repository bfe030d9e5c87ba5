// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/site/status_page.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "predictor/journal/journal_writer.h"
#include "tools/site/status_checks.h"

namespace foreshape {
namespace {

using Json = nlohmann::json;

constexpr UnixSeconds kNow = 1'790'000'000;

Json healthy() {
  return {{"version", 1},
          {"written", kNow - 4},
          {"started", kNow - 11'520},
          {"pid", 4242},
          {"enabled", true},
          {"kill_switch", false},
          {"observe_only", false},
          {"modes", {{"run_time", "advise"}, {"memory", "observe"}, {"cpus", "observe"}, {"io", "off"}}},
          {"faults", 0},
          {"jobs",
           {{"submitted", 1234},
            {"predicted", 1200},
            {"passed", 30},
            {"opted_out", 4},
            {"advised", 7},
            {"ordered", 0},
            {"pooled", 0},
            {"modified", 2}}},
          {"submit_latency",
           {{"count", 1234}, {"p50_us", 12.34}, {"p99_us", 45.6}, {"p999_us", 78.9}, {"max_us", 1234.5}}},
          {"profiles",
           {{"snapshot_made", kNow - 3'600},
            {"snapshot_load_seconds", 0.02},
            {"snapshot_bytes", 13 << 20},
            {"snapshot_refused", ""},
            {"users", 1000},
            {"jobs", 150000},
            {"newer_users", 3},
            {"newer_jobs", 55}}},
          {"model",
           {{"on", true},
            {"checksum", "00000000deadbeef"},
            {"made", kNow - 3'600},
            {"rows", 5000},
            {"predict_us", 7.6},
            {"refused", ""},
            {"blend_users", 9},
            {"blend_learned", 77},
            {"blend_error", ""}}},
          {"journal",
           {{"written", 2468},
            {"queued", 1},
            {"queue_capacity", 4096},
            {"lost", 0},
            {"dropped_before_ingest", 0},
            {"error", ""},
            {"bytes", 3 << 20},
            {"next_sequence", 2469}}},
          {"holds", {{"mode", "on"}, {"pool_nodes", 3}, {"pool_free_nodes", 2}}},
          {"settings", {{"error", ""}}},
          {"slurm", {{"version", 0x160508}, {"cluster", "lab"}, {"nodes", 8}}}};
}

std::string page(const Json& status) {
  return status_page(status, Settings{}, JournalBacklog{3 << 20, 2, 56}, kNow);
}

}  // namespace

TEST(StatusPage, SaysWhatTheOrdersOffsetsAre) {
  const auto page_of = [](const OrderPolicy& order) {
    Settings settings;
    settings.policy.order = order;
    settings.policy.order.mode = OrderMode::on;
    return status_page(healthy(), settings, std::nullopt, kNow);
  };
  EXPECT_NE(page_of(order_policy(OrderForm::log))
                .find("Offsets    log; predicted 1 min: 19 h 32 min, 10 min: 41 h 56 min, 1 h: 2 d 15 h, "
                      "8 h: 4 d 23 h, 1 day: 7 d 0 h, at most 7 d 0 h\n"),
            std::string::npos)
      << page_of(order_policy(OrderForm::log));
  EXPECT_NE(page_of(order_policy(OrderForm::log_squared))
                .find("Offsets    log-squared; predicted 1 min: overdue from the start, 10 min: 34 h 37 min, "
                      "1 h: 3 d 2 h, 8 h: 6 d 22 h, 1 day: 11 d 20 h, at most 14 d 0 h\n"),
            std::string::npos)
      << page_of(order_policy(OrderForm::log_squared));
  EXPECT_EQ(page(healthy()).find("Offsets"), std::string::npos) << "Order is off";
}

TEST(StatusPage, SaysWhoPredicts) {
  Json status = healthy();
  EXPECT_NE(page(status).find("Model      00000000deadbeef, made"), std::string::npos);
  EXPECT_NE(page(status).find("the blend knows 9 users and has learned from 77 jobs"), std::string::npos);
  status["model"]["checksum"] = "";
  EXPECT_NE(page(status).find("Model      none: the kernel predicts"), std::string::npos);
  status["model"]["on"] = false;
  EXPECT_NE(page(status).find("Model      off: the kernel predicts"), std::string::npos);
  status["model"]["refused"] = "its checksum\x1b differs";
  const auto checks = status_checks(status, Settings{}, kNow);
  ASSERT_EQ(checks.size(), 1U);
  EXPECT_NE(checks[0].found.find("the model file was refused"), std::string::npos);
}

TEST(StatusPage, ShowsTheFiguresAtAGlance) {
  const std::string text = page(healthy());
  for (const char* want :
       {"cluster lab, 8 nodes, Slurm 22.05.8; in slurmctld (pid 4242) for 3 h 12 min; as of 4 s ago",
        "run time advise, memory observe, cpus observe, I/O off", "Order off, Hold dry-run",
        "1234 submitted: 1200 predicted, 30 passed through, 4 opted out, 7 advised",
        "median 12.3 us, p99 45.6 us, p99.9 78.9 us, max 1234.5 us (1234 calls)",
        "150000 jobs of 1000 users; since the snapshot 55 jobs of 3 users", "(60 min ago), 13M",
        "2468 events written, 1 queued of 4096, 0 lost; 3M of 1G in 2 files, 56 events not yet "
        "ingested",
        "3 nodes in the pool, 2 of them free", "0 since the start"})
    EXPECT_NE(text.find(want), std::string::npos) << want << "\n" << text;
}

TEST(StatusPage, StandsAnyStatus) {
  EXPECT_NE(page(Json::object()).find("Faults     0 since the start"), std::string::npos);
  Json odd = healthy();
  for (auto& [name, value] : odd.items()) value = Json::array({"\x1B[2J", nullptr});
  EXPECT_EQ(page(odd).find('\x1B'), std::string::npos);
  odd = healthy();
  odd["slurm"]["cluster"] = "\x1B[2J";
  EXPECT_NE(page(odd).find("cluster ?[2J"), std::string::npos);
}

TEST(StatusChecks, AreSilentWhereAllIsWell) {
  EXPECT_TRUE(status_checks(healthy(), Settings{}, kNow).empty());
}

TEST(StatusChecks, NameWhatIsWrongAndTheCure) {
  const struct {
    const char* path;
    Json value;
    Check::State state;
    const char* want;
  } cases[] = {
      {"/written", kNow - 200, Check::State::wrong, "the status is 3 min old: slurmctld is down"},
      {"/observe_only", true, Check::State::wrong, "switched itself to observe"},
      {"/settings/error", "f.conf:3: Order: no", Check::State::wrong,
       "foreshape.conf is not in force: f.conf:3: Order: no"},
      {"/profiles/snapshot_refused", "checksum differs", Check::State::wrong,
       "the snapshot was refused: checksum differs"},
      {"/journal/error", "No space left on device", Check::State::wrong,
       "the journal can't be written: No space left"},
      {"/journal/lost", 3, Check::State::wrong, "3 events were lost"},
      {"/journal/dropped_before_ingest", 5, Check::State::wrong,
       "5 records were deleted before they were ingested"},
      {"/faults", 2, Check::State::note, "2 faults"},
      {"/kill_switch", true, Check::State::note, "remove /var/lib/foreshape/disabled"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.path);
    Json status = healthy();
    status[Json::json_pointer(c.path)] = c.value;
    const auto checks = status_checks(status, Settings{}, kNow);
    ASSERT_EQ(checks.size(), 1U);
    EXPECT_EQ(checks[0].state, c.state);
    EXPECT_NE(checks_text(checks).find(c.want), std::string::npos) << checks_text(checks);
  }
}

Json with_order_settings(Json status) {
  status["slurm"]["bf_min_prio_reserve"] = 10'080;
  status["slurm"]["priority_weight_age"] = 10'080;
  status["slurm"]["priority_max_age_s"] = 604'800;
  return status;
}

TEST(StatusChecks, SayThatTheSettingsAloneStarveWideJobs) {
  Settings on;
  on.policy.order.mode = OrderMode::on;
  Json status = with_order_settings(healthy());
  EXPECT_TRUE(status_checks(status, on, kNow).empty());
  const std::string text = checks_text(status_checks(status, Settings{}, kNow));
  EXPECT_NE(
      text.find("CHANGE  Order does nothing, but bf_min_prio_reserve=10080 is in force: no job reserves "
                "nodes before it has waited 168 h"),
      std::string::npos)
      << text;
  EXPECT_NE(text.find("remove bf_min_prio_reserve"), std::string::npos);

  status["enabled"] = false;  // Enabled=no says the same, whatever Order is
  EXPECT_EQ(status_checks(status, on, kNow).size(), 1U);
  status["slurm"]["base_points"] = 7'200;
  EXPECT_TRUE(status_checks(status, on, kNow).empty()) << "two days: the settings alone are harmless";
  status["slurm"]["priority_weight_age"] = 0;
  EXPECT_NE(checks_text(status_checks(status, on, kNow)).find("no job ever reserves nodes"),
            std::string::npos);
}

TEST(StatusChecks, AreNeverFineWhileMostWaitingJobsAreOverdue) {
  Settings on;
  on.policy.order.mode = OrderMode::on;
  Json status = with_order_settings(healthy());
  status["queue"] = {{"waiting", 40}, {"overdue", 20}};
  EXPECT_TRUE(status_checks(status, on, kNow).empty());
  status["queue"]["overdue"] = 21;
  const auto checks = status_checks(status, on, kNow);
  ASSERT_EQ(checks.size(), 1U);
  EXPECT_EQ(checks[0].state, Check::State::wrong);
  EXPECT_EQ(checks[0].found, "21 of 40 waiting jobs are overdue");
}

TEST(StatusChecks, SayWhichJobsCouldNotBeMatched) {
  Json status = healthy();
  status["jobs"]["unmatched"] = 34;  // 30 passed and 4 opted out
  EXPECT_TRUE(status_checks(status, Settings{}, kNow).empty());
  status["jobs"]["unmatched"] = 35;
  EXPECT_NE(checks_text(status_checks(status, Settings{}, kNow))
                .find("CHANGE  35 jobs of 1234 ended whose predictions"),
            std::string::npos);
  status = healthy();
  status["jobs"]["again"] = 7;
  EXPECT_NE(checks_text(status_checks(status, Settings{}, kNow)).find("names foreshape more than once"),
            std::string::npos);
}

TEST(JournalBacklog, CountsWhatIngestDoesNotHaveYet) {
  std::string root = testing::TempDir() + "foreshape_status_XXXXXX";
  ASSERT_NE(::mkdtemp(root.data()), nullptr);
  const std::string directory = root + "/journal";
  EXPECT_FALSE(journal_backlog(directory, 1));
  auto writer = JournalWriter::open(directory, {.first_sequence = 1'000});
  ASSERT_TRUE(writer);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(writer->append(NoticeEvent{}));
  EXPECT_EQ(journal_backlog(directory, writer->next_sequence())->waiting, 10U);
  ASSERT_TRUE(write_ingested(directory, 1'003));
  EXPECT_EQ(journal_backlog(directory, writer->next_sequence())->waiting, 6U);
  ASSERT_TRUE(write_ingested(directory, 1'009));
  const auto backlog = journal_backlog(directory, writer->next_sequence());
  EXPECT_EQ(backlog->waiting, 0U);
  EXPECT_EQ(backlog->bytes, writer->total_bytes());
  std::filesystem::remove_all(root);
}

}  // namespace foreshape
