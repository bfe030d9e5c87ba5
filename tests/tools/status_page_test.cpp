#include "tools/status_page.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "predictor/journal/journal_writer.h"

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
            {"gate_users", 9},
            {"gate_learned", 77},
            {"gate_error", ""}}},
          {"journal",
           {{"written", 2468},
            {"queued", 1},
            {"queue_capacity", 4096},
            {"lost", 0},
            {"dropped_before_ingest", 0},
            {"error", ""},
            {"bytes", 3 << 20},
            {"next_sequence", 2469}}},
          {"pool_free_nodes", 2},
          {"settings", {{"error", ""}}},
          {"slurm", {{"version", 0x160508}, {"cluster", "lab"}, {"nodes", 8}}}};
}

std::string page(const Json& status) {
  return status_page(status, Settings{}, JournalBacklog{3 << 20, 2, 56}, kNow);
}

}  // namespace

TEST(StatusPage, SaysWhoPredicts) {
  Json status = healthy();
  EXPECT_NE(page(status).find("Model      00000000deadbeef, made"), std::string::npos);
  EXPECT_NE(page(status).find("the gate knows 9 users and has learned from 77 jobs"), std::string::npos);
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
        "2 free nodes in the pool", "0 since the start"})
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

TEST(JournalBacklog, CountsWhatIngestDoesNotHaveYet) {
  std::string root = testing::TempDir() + "foreshape_status_XXXXXX";
  ASSERT_NE(::mkdtemp(root.data()), nullptr);
  const std::string folder = root + "/journal";
  EXPECT_FALSE(journal_backlog(folder, 1));
  auto writer = JournalWriter::open(folder, {.first_sequence = 1'000});
  ASSERT_TRUE(writer);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(writer->append(NoticeEvent{}));
  EXPECT_EQ(journal_backlog(folder, writer->next_sequence())->waiting, 10U);
  ASSERT_TRUE(write_ingested(folder, 1'003));
  EXPECT_EQ(journal_backlog(folder, writer->next_sequence())->waiting, 6U);
  ASSERT_TRUE(write_ingested(folder, 1'009));
  const auto backlog = journal_backlog(folder, writer->next_sequence());
  EXPECT_EQ(backlog->waiting, 0U);
  EXPECT_EQ(backlog->bytes, writer->total_bytes());
  std::filesystem::remove_all(root);
}

}  // namespace foreshape
