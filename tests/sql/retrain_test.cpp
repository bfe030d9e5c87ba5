// SPDX-License-Identifier: GPL-2.0-or-later
// foreshape retrain as a whole: a private PostgreSQL, foreshape-train under mpirun, promotion and snapshot.
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include "predictor/model/model_file.h"
#include "predictor/profile/snapshot.h"
#include "tests/sql/pg_server.h"
#include "tests/trainer/synthetic_users.h"

namespace foreshape {
namespace {

class RetrainTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = "/tmp/foreshape_retrain_XXXXXX";
    directory_ = ::mkdtemp(name.data());
    std::ofstream(directory_ + "/foreshape.conf") << "StateDir=" << directory_ << "/state\n";
    std::filesystem::create_directories(directory_ + "/state");
    ASSERT_EQ(run({"ingest", "sacct", "--utc", dump(4'000)}), 0) << log();
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  int run(std::vector<std::string> words) {
    words.insert(words.begin(), FORESHAPE_PROGRAM);
    // Ranks that share this machine with the server must not wait for each other at full speed.
    return wait_for(start_program(
        words, false, directory_ + "/log",
        {"FORESHAPE_DB=" + PgServer::instance().conninfo(name_), "OMPI_MCA_rmaps_base_oversubscribe=1",
         "OMPI_MCA_mpi_yield_when_idle=1", "OMPI_MCA_btl_vader_single_copy_mechanism=none"}));
  }
  int retrain(std::vector<std::string> more) {
    std::vector<std::string> words = {"retrain", "--no-ingest", "-M",
                                      "lab",     "--conf",      directory_ + "/foreshape.conf"};
    words.insert(words.end(), more.begin(), more.end());
    return run(words);
  }
  std::string log() const {
    std::ifstream file(directory_ + "/log");
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::string champion() const {
    std::ifstream file(directory_ + "/state/model.fsm", std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  /// What sacct --parsable2 would print of users with habits.
  std::string dump(int jobs) const {
    std::string path = directory_ + "/dump";
    std::ofstream out(path);
    out << "JobID|JobIDRaw|Cluster|User|UID|Account|State|Submit|Start|End|ElapsedRaw|NCPUS|ReqCPUS|"
           "TimelimitRaw|"
           "JobName\n";
    test::SyntheticUsers users{8, 5, 0.2};
    for (int i = 1; i <= jobs; ++i) {
      const TracedJob job = users.next();
      std::string name;  // letters: digits would be folded
      for (TextHash rest = job.request.name; rest > 0; rest /= 26) name += static_cast<char>('a' + rest % 26);
      out << fmt::format("{0}|{0}|lab|user{1}|{1}|chem|COMPLETED|{2}|{3}|{4}|{5}|{6}|{6}|1440|{7}\n", i,
                         job.request.uid, job.request.submit_s, job.usage.start_s, job.usage.end_s,
                         job.usage.run_s, *job.request.cpus, name);
    }
    return path;
  }

  /// Later than everything in dump(4'000), and all of the same run time.
  std::string dump_of_one_newcomer(int jobs) const {
    std::string path = directory_ + "/newcomer";
    std::ofstream out(path);
    out << "JobID|JobIDRaw|Cluster|User|UID|Account|State|Submit|Start|End|ElapsedRaw|NCPUS|TimelimitRaw\n";
    constexpr UnixSeconds kLater_s = 1'800'000'000;
    for (int i = 1; i <= jobs; ++i)
      out << fmt::format("{0}|{0}|lab|mallory|666|chem|COMPLETED|{1}|{1}|{2}|77|1|1440\n", 100'000 + i,
                         kLater_s + 100 * i, kLater_s + 100 * i + 77);
    return path;
  }

  std::string directory_;
  std::string name_ = PgServer::instance().new_database();
};

TEST_F(RetrainTest, PromotesWhatIsBetterAndKeepsWhatIsNot) {
  // Nothing in force: a model is trained by two ranks, beats the kernel and is promoted.
  ASSERT_EQ(retrain({"--ranks", "2", "--steps", "800"}), 0) << log();
  const auto first = read_model(directory_ + "/state/model.fsm");
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->card.rows, 3'800U) << "the newest twentieth decides";
  EXPECT_EQ(first->card.ranks, 2U);
  EXPECT_NE(log().find("next submissions among the newest jobs"), std::string::npos) << log();
  EXPECT_TRUE(first->arrivals) << log();
  std::ifstream snapshot(directory_ + "/state/profiles.snap", std::ios::binary);
  EXPECT_TRUE(load_snapshot({std::istreambuf_iterator<char>(snapshot), {}}));

  // New weights after one step are no match for it.
  const std::string before = champion();
  EXPECT_EQ(retrain({"--ranks", "1", "--full", "--steps", "1"}), 3) << log();
  EXPECT_NE(log().find("not promoted: run time: pinball loss"), std::string::npos) << log();
  EXPECT_NE(log().find("next submissions: the champion's network is kept"), std::string::npos) << log();
  EXPECT_EQ(champion(), before);

  // From it, a little further.
  ASSERT_EQ(retrain({"--ranks", "1", "--steps", "50", "--dry-run"}), 0) << log();
  EXPECT_EQ(champion(), before) << "a dry run puts nothing in force";
  ASSERT_EQ(retrain({"--ranks", "1", "--steps", "50"}), 0) << log();
  const auto second = read_model(directory_ + "/state/model.fsm");
  ASSERT_TRUE(second);
  EXPECT_EQ(second->card.parent, first->checksum);
}

TEST_F(RetrainTest, AThousandNewestJobsOfOneUserDoNotDecideForTheOthers) {
  ASSERT_EQ(retrain({"--ranks", "2", "--steps", "800"}), 0) << log();
  const std::string before = champion();
  ASSERT_EQ(run({"ingest", "sacct", "--utc", dump_of_one_newcomer(1'000)}), 0) << log();
  EXPECT_EQ(retrain({"--ranks", "1", "--full", "--steps", "1", "--no-snapshot"}), 3) << log();
  EXPECT_NE(log().find("too many of the newest 5 % of jobs are of few users; the newest 25 % decide"),
            std::string::npos)
      << log();
  EXPECT_NE(log().find("not promoted: run time: pinball loss"), std::string::npos) << log();
  EXPECT_EQ(champion(), before);
}

TEST_F(RetrainTest, SaysWhatFailedAndChangesNothing) {
  EXPECT_EQ(retrain({"--launcher", "/none/mpirun"}), 1);
  EXPECT_NE(log().find("train: /none/mpirun"), std::string::npos) << log();
  EXPECT_EQ(retrain({"--starttime", "2099-01-01"}), 3);
  EXPECT_NE(log().find("0 ended jobs in the store since --starttime"), std::string::npos) << log();
  EXPECT_EQ(retrain({"--window", "2"}), 2);
  EXPECT_EQ(run({"retrain", "-M", "lab", "--conf", "/none"}), 1);
  EXPECT_TRUE(champion().empty());

  const int lock = ::open((directory_ + "/state/training/retrain.lock").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_GE(lock, 0);
  ASSERT_EQ(::flock(lock, LOCK_EX | LOCK_NB), 0);
  EXPECT_EQ(retrain({}), 1);
  EXPECT_NE(log().find("another `foreshape retrain`"), std::string::npos) << log();
  ::close(lock);
}

}  // namespace
}  // namespace foreshape
