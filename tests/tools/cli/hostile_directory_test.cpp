// SPDX-License-Identifier: GPL-2.0-or-later
// Root writes in a directory whose owner swaps what lies there all the while.
#include <atomic>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "predictor/base/file.h"
#include "predictor/model/model_file.h"
#include "tests/predictor/model/made_model.h"
#include "tools/cli/owned_file.h"
#include "tools/model/directory_lock.h"
#include "tools/model/model_store.h"
#include "trainer/dataset_file.h"

namespace foreshape {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

constexpr uid_t kAlice = 54'321;  // needs no entry in /etc/passwd
constexpr auto kTime = std::chrono::milliseconds(1500);

/// base/secret: root's directory with root's files. base/alice: hers, with her directory `state`.
class HostileDirectory : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(::geteuid(), 0U) << "the attack is one on root: run this test as root";
    std::string name = testing::TempDir() + "foreshape_hostile_XXXXXX";
    base_ = ::mkdtemp(name.data());
    fs::permissions(base_, fs::perms(0755));
    fs::create_directories(secret());
    fs::create_directories(state());
    for (const char* file : {"x", "x.new", "x.draft", "x.draft.new", "victim.fsm"})
      std::ofstream(secret() / file) << "root's own";
    fs::permissions(secret(), fs::perms(0755));
    for (const fs::path& hers : {base_ / "alice", state()})
      ASSERT_EQ(::chown(hers.c_str(), kAlice, kAlice), 0);
  }
  void TearDown() override {
    end_attack();
    if (!base_.empty()) fs::remove_all(base_);
  }

  fs::path secret() const { return base_ / "secret"; }
  fs::path state() const { return base_ / "alice/state"; }

  /// alice does one thing again and again, as fast as she can, until end_attack().
  template <class Swap>
  void attack(Swap swap) {
    attacker_ = ::fork();
    if (attacker_ != 0) return;
    if (::setgid(kAlice) != 0 || ::setuid(kAlice) != 0) ::_exit(1);
    while (true) swap();
  }
  void end_attack() {
    if (attacker_ <= 0) return;
    ::kill(attacker_, SIGKILL);
    int status = 0;
    ::waitpid(attacker_, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "alice was at work all the time";
    attacker_ = -1;
  }

  /// Root writes again and again; how often it did not come to an error.
  template <class Write>
  static int write_all_the_time(Write write) {
    int done = 0;
    for (const auto end = steady_clock::now() + kTime; steady_clock::now() < end;)
      if (write()) ++done;
    return done;
  }

  static bool write_data_set(const std::string& path) {
    auto writer = DatasetWriter::create(path, {"a test", "1", 5, true});
    TracedJob job;
    job.request.submit_s = 1'700'000'000;
    return writer && writer->add(job) && writer->finish();
  }

  void expect_secrets_untouched() const {
    int files = 0;
    for (const auto& entry : fs::directory_iterator(secret())) {
      struct stat info {};
      ASSERT_EQ(::lstat(entry.path().c_str(), &info), 0);
      EXPECT_EQ(info.st_uid, 0U) << entry.path() << " was given away";
      EXPECT_EQ(read_file(entry.path(), 100).value_or("unreadable"), "root's own") << entry.path();
      ++files;
    }
    EXPECT_EQ(files, 5) << "a file came or went";
    struct stat info {};
    ASSERT_EQ(::stat(secret().c_str(), &info), 0);
    EXPECT_EQ(info.st_uid, 0U) << "the directory was given away";
  }

  fs::path base_;
  pid_t attacker_ = -1;
};

TEST_F(HostileDirectory, NeverHasRootFollowALinkPutInThePlaceOfADraft) {
  const std::string at = state(), aim = secret() / "x";
  attack([&] {
    for (const char* name : {"/x", "/x.new", "/x.draft", "/x.draft.new"}) {
      const std::string link = at + "/swap", place = at + name;
      static_cast<void>(::symlink(aim.c_str(), link.c_str()));
      ::rename(link.c_str(), place.c_str());
    }
  });
  EXPECT_GT(write_all_the_time([&] { return replace_owned_file(at + "/x", "new", 0600, "").has_value(); }),
            0);
  end_attack();
  expect_secrets_untouched();
}

TEST_F(HostileDirectory, NeverHasRootWriteWhereADirectoryWasSwappedForALink) {
  const std::string at = state(), aside = base_ / "alice/aside", link = base_ / "alice/link";
  attack([&] {
    static_cast<void>(::symlink(secret().c_str(), link.c_str()));
    ::rename(at.c_str(), aside.c_str());
    ::rename(link.c_str(), at.c_str());
    ::unlink(at.c_str());
    ::rename(aside.c_str(), at.c_str());
  });
  EXPECT_GT(write_all_the_time([&] { return replace_owned_file(at + "/x", "new", 0600, "").has_value(); }),
            0);
  EXPECT_GT(write_all_the_time([&] { return replace_file(at + "/x", "new", 0600).has_value(); }), 0);
  end_attack();
  expect_secrets_untouched();
}

TEST_F(HostileDirectory, NeverHasRootGiveAwayOrEmptyAnotherDirectoryOfModels) {
  const std::string at = state(), models = at + "/models", link = at + "/link", aside = at + "/aside";
  const std::string made[] = {base_ / "1.fsm", base_ / "2.fsm"};
  ASSERT_TRUE(write_model(made[0], test::made_model(1)));
  ASSERT_TRUE(write_model(made[1], test::made_model(2)));
  attack([&] {
    static_cast<void>(::symlink(secret().c_str(), link.c_str()));
    ::rename(models.c_str(), aside.c_str());
    ::rename(link.c_str(), models.c_str());
    ::unlink(models.c_str());
    ::rmdir(aside.c_str());
    ::rename(aside.c_str(), models.c_str());
  });
  int turn = 0;
  write_all_the_time([&] {
    const auto change = promote_model({at + "/model.fsm", models, ""}, made[turn ^= 1], false);
    return change.has_value();
  });
  end_attack();
  expect_secrets_untouched();
}

TEST_F(HostileDirectory, NeverHasRootWriteADataSetOrTakeALockWhereALinkLeads) {
  const std::string at = state(), aside = base_ / "alice/aside", link = base_ / "alice/link";
  attack([&] {
    static_cast<void>(::symlink(secret().c_str(), link.c_str()));
    ::rename(at.c_str(), aside.c_str());
    ::rename(link.c_str(), at.c_str());
    ::unlink(at.c_str());
    ::rename(aside.c_str(), at.c_str());
  });
  EXPECT_GT(write_all_the_time([&] { return write_data_set(at + "/x"); }), 0);
  EXPECT_GT(write_all_the_time([&] { return lock_directory(at, "x.lock", "test").has_value(); }), 0);
  end_attack();
  expect_secrets_untouched();
}

TEST_F(HostileDirectory, NeverHasRootWriteADataSetThroughALinkInThePlaceOfItsDraft) {
  const std::string at = state(), aim = secret() / "x";
  attack([&] {
    for (const char* name : {"/x", "/x.new"}) {
      const std::string link = at + "/swap", place = at + name;
      static_cast<void>(::symlink(aim.c_str(), link.c_str()));
      ::rename(link.c_str(), place.c_str());
    }
  });
  EXPECT_GT(write_all_the_time([&] { return write_data_set(at + "/x"); }), 0);
  end_attack();
  expect_secrets_untouched();
}

TEST_F(HostileDirectory, HasNeitherADataSetNorALockNorAWorkingDirectoryBehindHerLink) {
  const fs::path hers = base_ / "alice/training";
  ASSERT_EQ(::symlink(secret().c_str(), hers.c_str()), 0);
  ASSERT_EQ(::lchown(hers.c_str(), kAlice, kAlice), 0);
  EXPECT_FALSE(write_data_set(hers / "x"));
  EXPECT_FALSE(lock_directory(hers, "retrain.lock", "test"));
  EXPECT_FALSE(lock_directory(hers / "new/work", "retrain.lock", "test"));
  expect_secrets_untouched();
}

TEST_F(HostileDirectory, GivesItsOwnerWhatRootWrites) {
  ASSERT_TRUE(replace_owned_file(state() / "x", "new", 0600, ""));
  const auto made = open_owned_directory(state() / "models");
  ASSERT_TRUE(made) << made.error().message;
  for (const char* name : {"x", "models"}) {
    struct stat info {};
    ASSERT_EQ(::lstat((state() / name).c_str(), &info), 0);
    EXPECT_EQ(info.st_uid, kAlice);
    EXPECT_EQ(info.st_mode & 0077U, 0U);
  }
}

TEST_F(HostileDirectory, SaysWhoseLinkItDoesNotFollow) {
  ASSERT_EQ(::symlink(secret().c_str(), (base_ / "alice/mine").c_str()), 0);
  ASSERT_EQ(::lchown((base_ / "alice/mine").c_str(), kAlice, kAlice), 0);
  const auto refused = replace_owned_file(base_ / "alice/mine/x", "new", 0600, "");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("'mine' is a link of uid 54321"), std::string::npos)
      << refused.error().message;
  expect_secrets_untouched();
}

}  // namespace
}  // namespace foreshape
