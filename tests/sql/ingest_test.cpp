// SPDX-License-Identifier: GPL-2.0-or-later
// The program itself against a private PostgreSQL: live runs with a sacct of our own, and kills at any
// moment.
#include <csignal>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <random>
#include <set>
#include <thread>

#include "predictor/journal/journal_files.h"
#include "predictor/journal/journal_writer.h"
#include "predictor/profile/snapshot.h"
#include "tests/sql/pg_server.h"
#include "trainer/dataset_file.h"

namespace foreshape {
namespace {

class IngestTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = "/tmp/foreshape_ingest_XXXXXX";
    directory_ = ::mkdtemp(name.data());
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  pid_t start(std::vector<std::string> words) {
    words.insert(words.begin(), FORESHAPE_PROGRAM);
    return start_program(words, false, directory_ + "/log",
                         {"FORESHAPE_DB=" + PgServer::instance().conninfo(name_),
                          "PATH=" + directory_ + "/bin:" + std::getenv("PATH")});
  }
  int run(std::vector<std::string> words) { return wait_for(start(std::move(words))); }
  std::string log() {
    std::ifstream file(directory_ + "/log");
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::string one(const char* sql) {
    Pg db = PgServer::instance().connect(name_);
    const auto rows = db.query(sql);
    EXPECT_TRUE(rows) << rows.error().message;
    return rows && rows->size() > 0 ? std::string(rows->text(0, 0)) : "no row";
  }
  /// A program of that name in PATH.
  void fake(const std::string& name, const std::string& shell) {
    std::filesystem::create_directories(directory_ + "/bin");
    std::ofstream(directory_ + "/bin/" + name) << "#!/bin/sh\n" << shell;
    std::filesystem::permissions(directory_ + "/bin/" + name, std::filesystem::perms(0755));
  }
  std::string dump(int jobs) {
    const std::string path = directory_ + "/dump";
    std::ofstream out(path);
    out << "JobID|JobIDRaw|Cluster|User|UID|Account|State|Submit|Start|End|ElapsedRaw|NCPUS|NTasks|MaxRSS|"
           "TotalCPU|JobName\n";
    for (int i = 1; i <= jobs; ++i) {
      const int t = 1'790'000'000 + i * 7;
      out << fmt::format("{0}|{0}|lab|user{1}|{2}|chem|COMPLETED|{3}|{4}|{5}|100|4||||job{6}\n", i, i % 50,
                         1000 + i % 50, t, t + 5, t + 105, i % 9)
          << fmt::format(
                 "{0}.batch|{0}.batch|lab|||chem|COMPLETED|{1}|{1}|{2}|100|4|1|{3}K|00:50.000|batch\n", i,
                 t + 5, t + 105, 1000 + i % 1000);
    }
    return path;
  }

  std::string directory_;
  std::string name_ = PgServer::instance().new_database();
};

constexpr const char* kFingerprint =
    "SELECT count(*) || ' ' || coalesce(sum(hashtext(j::text)::bigint), 0) FROM foreshape.job j";

TEST_F(IngestTest, CompletesAfterKillsAtAnyMoment) {
  const std::string path = dump(40'000);
  ASSERT_EQ(run({"ingest", "sacct", "--utc", path}), 0) << log();
  const std::string whole = one(kFingerprint);
  name_ = PgServer::instance().new_database();
  std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same moments each time
  int killed = 0;
  for (int round = 0; round < 8; ++round) {
    const pid_t ingest = start({"ingest", "sacct", "--utc", path});
    std::this_thread::sleep_for(std::chrono::milliseconds(50 + random() % 500));
    ::kill(ingest, SIGKILL);
    killed += wait_for(ingest) == 128 + SIGKILL ? 1 : 0;
  }
  EXPECT_GT(killed, 2) << "the kills must meet it at work";
  ASSERT_EQ(run({"ingest", "sacct", "--utc", path}), 0) << log();
  EXPECT_EQ(one(kFingerprint), whole);
  ASSERT_EQ(run({"ingest", "sacct", "--utc", path}), 0);
  EXPECT_EQ(one(kFingerprint), whole);
}

TEST_F(IngestTest, TakesEachJournalRecordOnceThroughKills) {
  const std::string journal = directory_ + "/journal";
  auto writer = JournalWriter::open(journal, {.file_bytes = 1 << 20, .first_sequence = 5'000});
  ASSERT_TRUE(writer);
  constexpr int kEntries = 20'000;
  for (int i = 0; i < kEntries; ++i) {
    SubmissionEvent e;
    e.token = static_cast<SubmissionToken>(i) + 1;
    e.request.submit_s = 1'790'000'000 + i;
    ASSERT_TRUE(writer->append(e));
  }
  std::mt19937 random(8);  // NOLINT(cert-msc51-cpp)
  for (int round = 0; round < 6; ++round) {
    const pid_t ingest = start({"ingest", "journal", "-M", "lab", journal});
    std::this_thread::sleep_for(std::chrono::milliseconds(30 + random() % 600));
    ::kill(ingest, SIGKILL);
    wait_for(ingest);
  }
  ASSERT_EQ(run({"ingest", "journal", "-M", "lab", journal}), 0) << log();
  EXPECT_EQ(one("SELECT count(*) || ' ' || min(token) || ' ' || max(token) FROM foreshape.submission"),
            "20000 1 20000");
  EXPECT_EQ(read_ingested(journal), 5'000U + kEntries - 1) << "the plugin may delete them now";
  ASSERT_TRUE(writer->append(NoticeEvent{}));
  ASSERT_EQ(run({"ingest", "journal", "-M", "lab", journal}), 0) << log();
  EXPECT_EQ(one("SELECT count(*) FROM foreshape.notice"), "1");
}

// Prints a header and what stands in the file "lines", with '|' as the delimiter that it was asked to use.
constexpr const char* kFakeSacct = R"sh(
here=$(dirname "$0")
printf '%s\n' "$*" >>"$here/calls"
[ "$SLURM_TIME_FORMAT" = %s ] || exit 9
for word in "$@"; do case $word in
  --delimiter=*) delimiter=${word#--delimiter=} ;;
  --jobs=*) lines=$here/late ;;
esac; done
{ echo 'JobID|JobIDRaw|Cluster|User|UID|Account|State|Submit|Start|End|ElapsedRaw|NCPUS|AdminComment|JobName|JobID'
  cat "${lines:-$here/lines}" 2>/dev/null; } | sed "s/|/$delimiter/g"
[ ! -e "$here/broken" ]
)sh";

TEST_F(IngestTest, SaysWhereAJournalIsAnOlderCopyAndHasItGoOnAfterWhatTheStoreHas) {
  const std::string journal = directory_ + "/journal", copy = directory_ + "/copy";
  const std::vector<std::string> ingest = {"ingest", "journal", "-M", "lab", journal};
  SubmissionEvent event;
  event.request.submit_s = 1'790'000'000;
  const auto append = [&](int n) {
    auto writer = JournalWriter::open(journal, {.first_sequence = 5'000});
    for (int i = 0; i < n; ++i) {
      ++event.token;
      ASSERT_TRUE(writer->append(event));
    }
  };
  append(10);
  ASSERT_EQ(run(ingest), 0) << log();
  std::filesystem::copy(journal, copy, std::filesystem::copy_options::recursive);
  append(10);
  ASSERT_EQ(run(ingest), 0) << log();
  ASSERT_EQ(run(ingest), 0) << log();
  EXPECT_EQ(log().find("older copy"), std::string::npos) << "nothing new is nothing odd";

  std::filesystem::remove_all(journal);
  std::filesystem::rename(copy, journal);
  ASSERT_EQ(run(ingest), 0) << log();
  EXPECT_NE(log().find("an older copy: it ends at record 5009, and the store has records up to 5019"),
            std::string::npos)
      << log();
  append(3);
  ASSERT_EQ(run(ingest), 0) << log();
  EXPECT_EQ(one("SELECT count(*) || ' ' || count(DISTINCT token) FROM foreshape.submission"), "23 23");
}

TEST_F(IngestTest, RunsSacctFromTheWatermarkAndFollowsWhatWasUnfinished) {
  fake("sacct", kFakeSacct);
  const std::string bin = directory_ + "/bin/";
  const auto put = [&](const char* file, const std::string& text) { std::ofstream(bin + file) << text; };
  put("lines",
      "1|1|lab|carol|1003|chem|COMPLETED|1790000000|1790000001|1790000011|10|4|foreshape=00000000000000ff|"
      "relax|1\n"
      "2|2|lab|carol|1003|chem|RUNNING|1790000000|1790000001|Unknown|10|4||two\nlines|2\n");
  ASSERT_EQ(run({"ingest", "sacct", "-M", "lab", "--starttime", "now-2hours"}), 0) << log();
  EXPECT_EQ(one("SELECT count(*) FROM foreshape.job"), "2");
  EXPECT_EQ(one("SELECT token FROM foreshape.job WHERE job_id = 1"), "255");
  EXPECT_EQ(one("SELECT job_name FROM foreshape.job WHERE job_id = 2"), "two?lines");
  EXPECT_EQ(one("SELECT now() - up_to < '1 minute' FROM foreshape.ingest_watermark"), "t");

  // Its end was told late: outside of the window, so it is requested by its id.
  put("lines", "");
  put("late", "2|2|lab|carol|1003|chem|COMPLETED|1790000000|1790000001|1790000101|100|4||two|2\n");
  ASSERT_EQ(run({"ingest", "sacct", "-M", "lab", "--overlap", "10m"}), 0) << log();
  EXPECT_EQ(one("SELECT state || run_s FROM foreshape.job WHERE job_id = 2"), "COMPLETED100");
  std::ifstream calls(bin + "calls");
  std::string text{std::istreambuf_iterator<char>(calls), {}};
  EXPECT_NE(text.find("--jobs=2 "), std::string::npos) << text;
  std::set<std::string> delimiters;
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find("--delimiter=", at)) != text.npos; ++at, ++count)
    delimiters.insert(text.substr(at, text.find(' ', at) - at));
  EXPECT_GE(count, 3U) << "two of them of one run";
  EXPECT_EQ(delimiters.size(), count) << "whoever saw one among sacct's words knows no other";

  // A sacct that fails moves nothing.
  const std::string before = one("SELECT up_to FROM foreshape.ingest_watermark");
  put("broken", "");
  EXPECT_EQ(run({"ingest", "sacct", "-M", "lab"}), 1);
  EXPECT_EQ(one("SELECT up_to FROM foreshape.ingest_watermark"), before);
  EXPECT_NE(log().find("exit code 1"), std::string::npos) << log();
}

TEST_F(IngestTest, AWatermarkInTheFutureIsSaidAndSetBack) {
  fake("sacct", kFakeSacct);
  std::ofstream(directory_ + "/bin/lines")
      << "1|1|lab|carol|1003|chem|COMPLETED|1790000000|1790000001|1790000011|10|4||relax|1\n";
  ASSERT_EQ(run({"ingest", "sacct", "-M", "lab", "--starttime", "now-2hours"}), 0) << log();
  ASSERT_EQ(one("UPDATE foreshape.ingest_watermark SET up_to = now() + interval '5 years' RETURNING 1"), "1");
  EXPECT_EQ(run({"ingest", "sacct", "-M", "lab"}), 1) << log();
  EXPECT_NE(log().find("cluster lab is read up to 20"), std::string::npos) << log();
  EXPECT_NE(log().find("--starttime"), std::string::npos) << log();
  EXPECT_EQ(run({"ingest", "sacct", "-M", "lab", "--starttime", "now+2days"}), 1) << log();
  EXPECT_NE(log().find("is not before now"), std::string::npos) << log();

  ASSERT_EQ(run({"ingest", "sacct", "-M", "lab", "--starttime", "now-1hour"}), 0) << log();
  EXPECT_EQ(one("SELECT abs(extract(epoch FROM now() - up_to)) < 60 FROM foreshape.ingest_watermark"), "t");
  EXPECT_EQ(run({"ingest", "sacct", "-M", "lab"}), 0) << log();
}

TEST_F(IngestTest, WritesASnapshotThatLoads) {
  ASSERT_EQ(run({"ingest", "sacct", "--utc", dump(5'000)}), 0) << log();
  const std::string path = directory_ + "/profiles.snap";
  ASSERT_EQ(run({"snapshot", "--out", path, "-M", "lab"}), 0) << log();
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  std::ifstream file(path, std::ios::binary);
  const auto table = load_snapshot({std::istreambuf_iterator<char>(file), {}});
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ((*table)->users().size(), 50U);
  const auto jobs = (*table)->newest(ProfileGroup::user, 1'001);
  ASSERT_EQ(jobs.size(), 100U);
  EXPECT_EQ(jobs[0].job_id, 4'951U) << "newest first";
  EXPECT_GT(jobs[0].used_memory_kib, 999U);
}

TEST_F(IngestTest, FindsJournalsAndSnapshotWhereForeshapeConfSays) {
  const std::string conf = directory_ + "/foreshape.conf", state = directory_ + "/state";
  std::filesystem::create_directories(state);
  std::ofstream(conf) << "StateDir=" << state << "\nJournalDir=" << directory_ << "/apart\n";
  SubmissionEvent event;
  event.request.submit_s = 1'790'000'000;
  for (const std::string& journal : {directory_ + "/apart", state + "/stage"}) {
    ASSERT_EQ(run({"ingest", "journal", "-M", "lab", "--conf", conf}), event.token == 0 ? 1 : 0) << log();
    auto writer = JournalWriter::open(journal, {.first_sequence = 1});
    ++event.token;
    ASSERT_TRUE(writer->append(event));
  }
  ASSERT_EQ(run({"ingest", "journal", "-M", "lab", "--conf", conf}), 0) << log();
  EXPECT_EQ(one("SELECT count(*) FROM foreshape.submission"), "2") << "the account of staging as well";
  ASSERT_EQ(run({"ingest", "sacct", "--utc", dump(100)}), 0) << log();
  ASSERT_EQ(run({"snapshot", "-M", "lab", "--conf", conf}), 0) << log();
  EXPECT_TRUE(std::filesystem::exists(state + "/profiles.snap"));
}

TEST_F(IngestTest, ExportsADataSetInTheOrderOfSubmission) {
  const std::string path = directory_ + "/jobs.h5", sacct = dump(5'000);
  ASSERT_EQ(run({"ingest", "sacct", "--utc", sacct}), 0) << log();
  ASSERT_EQ(run({"dataset", "--output", path, "-M", "lab", "--starttime", "uts1790000007"}), 0) << log();
  auto stored = DatasetReader::open(path);
  ASSERT_TRUE(stored) << stored.error().message;
  ASSERT_EQ(stored->jobs(), 5'000U) << "jobs begin at 1790000007";
  EXPECT_EQ(stored->users().size(), 50U);
  EXPECT_EQ(stored->first_submit_s(), 1'790'000'007);
  std::vector<TracedJob> jobs(5'000);
  ASSERT_TRUE(stored->read(0, jobs));
  EXPECT_EQ(jobs[2].request.uid, 1'003U);
  EXPECT_EQ(jobs[2].usage.run_s, 100);
  EXPECT_EQ(jobs[2].usage.peak_memory_bytes, 1'003 << 10);

  // The dump itself says the same.
  ASSERT_EQ(run({"dataset", "--output", path, "--sacct", sacct, "--utc", "--endtime", "uts1790000701"}), 0)
      << log();
  auto dumped = DatasetReader::open(path);
  ASSERT_TRUE(dumped);
  std::vector<TracedJob> same(dumped->jobs());
  ASSERT_EQ(same.size(), 100U);
  ASSERT_TRUE(dumped->read(0, same));
  for (std::size_t i = 0; i < same.size(); ++i) {
    EXPECT_EQ(same[i].request.uid, jobs[i].request.uid) << i;
    EXPECT_EQ(same[i].request.name, jobs[i].request.name) << i;
    EXPECT_EQ(same[i].usage.peak_memory_bytes, jobs[i].usage.peak_memory_bytes) << i;
  }

  ASSERT_EQ(run({"dataset", "--output", path, "-M", "lab", "--anonymize"}), 0) << log();
  auto hidden = DatasetReader::open(path);
  ASSERT_TRUE(hidden);
  EXPECT_EQ(hidden->users().size(), 50U);
  for (const DatasetUser& user : hidden->users()) EXPECT_GT(user.uid, 1'100U) << "uids were 1000 to 1049";

  EXPECT_EQ(run({"dataset", "-M", "lab"}), 2);
  EXPECT_EQ(run({"dataset", "-o", path, "--swf", "a", "--sacct", "b"}), 2);
  EXPECT_EQ(run({"dataset", "-o", path, "--swf", "/none"}), 1);
  EXPECT_EQ(run({"dataset", "-o", directory_ + "/none.h5", "-M", "nobody"}), 1);
  EXPECT_FALSE(std::filesystem::exists(directory_ + "/none.h5"));
}

TEST_F(IngestTest, SaysWhatIsWrongInOneLine) {
  EXPECT_EQ(run({"ingest"}), 2);
  EXPECT_EQ(run({"ingest", "swf"}), 2);
  EXPECT_EQ(run({"ingest", "sacct", "/none"}), 1);
  EXPECT_EQ(run({"ingest", "journal", "-M", "lab", "/none"}), 1);
  EXPECT_EQ(run({"snapshot", "--conf", directory_ + "/none.conf"}), 1);
  std::ofstream(directory_ + "/json") << "{\n \"jobs\": []\n}\n";
  EXPECT_EQ(run({"ingest", "swf", directory_ + "/json"}), 1);
  EXPECT_NE(log().find("json: this is JSON"), std::string::npos) << log();
  std::ofstream(directory_ + "/bad")
      << "JobID|UID|State|Submit\n1|1|HAPPY|1790000000\n2|1|COMPLETED|1790000000\n";
  EXPECT_EQ(run({"ingest", "sacct", "--strict", "-M", "lab", directory_ + "/bad"}), 1);
  EXPECT_EQ(one("SELECT count(*) FROM foreshape.job"), "0");
  // A state that nobody knows is left out; the job is not.
  EXPECT_EQ(run({"ingest", "sacct", "-M", "lab", directory_ + "/bad"}), 0);
  EXPECT_EQ(one("SELECT count(*) FROM foreshape.job"), "2");
  EXPECT_NE(log().find("bad:2: field 'State': 'HAPPY'"), std::string::npos) << log();
}

}  // namespace
}  // namespace foreshape
