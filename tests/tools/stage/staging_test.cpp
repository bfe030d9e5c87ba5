// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/staging.h"

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <sys/stat.h>
#include <tuple>
#include <unistd.h>
#include <vector>

#include "predictor/base/file.h"
#include "tools/stage/buffer_sweep.h"
#include "tools/stage/draft.h"
#include "tools/stage/source_path.h"
#include "tools/stage/staged_lookup.h"
#include "tools/stage/user_directory.h"

namespace foreshape {

/// base/data: a tree to stage. base/buffer: the fast tier.
class StagingTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "foreshape_staging_XXXXXX";
    base_ = ::mkdtemp(name.data());
    std::filesystem::create_directories(data() + "/sub");
    std::filesystem::create_directory(base_ + "/buffer");
    write("a", "alpha");
    write("old", "");
    write("sub/b\nc \xff", std::string(5'000'000, 'b'));
    ASSERT_EQ(::symlink("../a", (data() + "/sub/link").c_str()), 0);
    settings_.buffer = base_ + "/buffer";
    settings_.keep_free = 0;
    request_.source = data();
    request_.settle_s = 0;
  }
  void TearDown() override { std::filesystem::remove_all(base_); }

  std::string data() const { return base_ + "/data"; }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(data() + "/" + name, std::ios::binary) << text;
  }
  Result<StagedCopy> stage() const { return stage_copy(settings_, request_, clock_); }
  Result<FoundCopy> find() const {
    return find_copy(settings_, request_.source, {settings_.keep_s, true}, clock_);
  }
  std::string own() const { return settings_.buffer + "/" + std::to_string(::geteuid()); }
  StageAccount sweep() const {
    const auto accounts = sweep_buffer(settings_, {}, clock_);
    EXPECT_TRUE(accounts) << accounts.error().message;
    return sum_of(accounts.value_or(std::vector<StageAccount>{}));
  }
  /// How many entries the user's directory has.
  std::size_t left() const {
    std::size_t entries = 0;
    for (const auto& entry : std::filesystem::directory_iterator(own())) entries += entry.exists() ? 1 : 0;
    return entries;
  }
  void expect_nothing_staged(const std::string& why) const {
    const auto staged = stage();
    ASSERT_FALSE(staged);
    EXPECT_NE(staged.error().message.find(why), std::string::npos) << staged.error().message;
    EXPECT_FALSE(find());
    if (std::filesystem::exists(own())) {
      EXPECT_EQ(left(), 0U);
    }
  }

  std::string base_;
  StageSettings settings_;
  StageRequest request_;
  FakeClock clock_{SystemClock{}.now_s()};
};

TEST_F(StagingTest, CopiesATreeByteForByteAndFindsIt) {
  request_.with_checksums = true;
  const auto staged = stage();
  ASSERT_TRUE(staged) << staged.error().message;
  EXPECT_TRUE(staged->is_new);
  const auto found = find();
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->path, staged->path);
  EXPECT_EQ(std::tie(found->bytes, found->copy_ms), std::tie(staged->bytes, staged->copy_ms));
  EXPECT_EQ(read_file(staged->path + "/sub/b\nc \xff", 1U << 24).value_or(""), std::string(5'000'000, 'b'));
  EXPECT_EQ(std::filesystem::read_symlink(staged->path + "/sub/link"), "../a");
  EXPECT_EQ(std::filesystem::last_write_time(staged->path + "/a"),
            std::filesystem::last_write_time(data() + "/a"));
}

TEST_F(StagingTest, CopiesAFileUnderItsOwnName) {
  request_.source = data() + "/a";
  const auto staged = stage();
  ASSERT_TRUE(staged) << staged.error().message;
  EXPECT_EQ(std::filesystem::path(staged->path).filename(), "a");
  EXPECT_EQ(read_file(staged->path, 100).value_or(""), "alpha");
}

TEST_F(StagingTest, OfTheSameTwiceThereIsOne) {
  const auto first = stage(), second = stage();
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(second->is_new);
  EXPECT_EQ(first->path, second->path);
  EXPECT_EQ(left(), 1U);
}

TEST_F(StagingTest, LetsNobodyElseIn) {
  std::filesystem::permissions(data() + "/a", std::filesystem::perms(0777));
  ASSERT_TRUE(stage());
  for (const auto& entry : std::filesystem::recursive_directory_iterator(own())) {
    struct stat info {};
    ASSERT_EQ(::lstat(entry.path().c_str(), &info), 0);
    if (!S_ISLNK(info.st_mode)) {
      EXPECT_EQ(info.st_mode & 0077U, 0U) << entry.path();
    }
  }
}

TEST_F(StagingTest, WhatChangedSinceIsNotUsed) {
  const struct {
    const char* what;
    std::function<void()> change;
  } cases[] = {
      {"other content of the same size", [&] { write("a", "ALPHA"); }},
      {"longer", [&] { write("a", "alpha and more"); }},
      {"a new file", [&] { write("new", "x"); }},
      {"a file less", [&] { std::filesystem::remove(data() + "/old"); }},
      {"content changed and its time set back",
       [&] {
         const auto time = std::filesystem::last_write_time(data() + "/a");
         write("a", "Alpha and more");
         std::filesystem::last_write_time(data() + "/a", time);
       }},
      {"a link that leads elsewhere",
       [&] {
         std::filesystem::remove(data() + "/sub/link");
         ASSERT_EQ(::symlink("../sub", (data() + "/sub/link").c_str()), 0);
       }},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    ASSERT_TRUE(stage());
    ASSERT_TRUE(find());
    c.change();
    EXPECT_FALSE(find());
  }
}

TEST_F(StagingTest, ACopyThatWasTamperedWithIsNotUsed) {
  const auto staged = stage();
  ASSERT_TRUE(staged);
  std::filesystem::resize_file(staged->path + "/a", 3);
  EXPECT_FALSE(find());
}

TEST_F(StagingTest, WhatChangesWhileItIsCopiedIsNotPublished) {
  int calls = 0;
  request_.proceed = [&]() -> Result<void> {
    if (++calls == 3) write("a", "changed in the middle");
    return {};
  };
  expect_nothing_staged("changed while it was copied");
}

TEST_F(StagingTest, AnEndInTheMiddleLeavesNothing) {
  request_.proceed = []() -> Result<void> { return failure(ErrorCode::deadline, "ended by signal 15"); };
  expect_nothing_staged("ended by signal 15");
}

TEST_F(StagingTest, RefusesWhatIsNoPlainTree) {
  const struct {
    const char* why;
    std::function<void()> make;
  } cases[] = {
      {"neither file, directory nor link", [&] { ::mkfifo((data() + "/x").c_str(), 0600); }},
      {"may lead out of the tree", [&] { std::filesystem::create_symlink("/etc/passwd", data() + "/x"); }},
      {"may lead out of the tree", [&] { std::filesystem::create_symlink("../data", data() + "/x"); }},
      {"may lead out of the tree", [&] { std::filesystem::create_symlink("sub/../a", data() + "/x"); }},
      {"deeper than",
       [&] {
         std::string deep = data() + "/x";
         for (int i = 0; i < 70; ++i) deep += "/d";
         std::filesystem::create_directories(deep);
       }},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    c.make();
    expect_nothing_staged(c.why);
    std::filesystem::remove_all(data() + "/x");
  }
}

TEST_F(StagingTest, KeepsItsCaps) {
  settings_.copy.entries = 5;
  expect_nothing_staged("CopyFiles");
  settings_.copy = {100, 5'000'000};
  expect_nothing_staged("CopyBytes");
  settings_.copy = {};
  settings_.user_bytes = 5'000'000;
  expect_nothing_staged("UserBytes");
  settings_.user_bytes = 1U << 30;
  settings_.keep_free = 1;
  expect_nothing_staged("KeepFree");
}

TEST_F(StagingTest, OneCopyingAtATime) {
  const auto buffer = open_buffer(settings_.buffer);
  ASSERT_TRUE(buffer);
  const auto directory = open_user_directory(buffer->get(), true);
  ASSERT_TRUE(directory);
  const auto other = Draft::begin(directory->get(), copy_key(request_.source), 1, clock_.now_s());
  ASSERT_TRUE(other);
  const auto staged = stage();
  ASSERT_FALSE(staged);
  EXPECT_EQ(staged.error().code, ErrorCode::busy);
  const StageAccount account = sweep();
  EXPECT_EQ(account.drafts, 1U) << "a living one is left alone";
  EXPECT_EQ(account.promised_bytes, 1);
}

TEST_F(StagingTest, TakesOverWhatADeadMakerLeft) {
  std::filesystem::create_directories(own() + "/.draft-" + copy_key(request_.source) + "/data/data/sub");
  ASSERT_TRUE(stage());
  EXPECT_EQ(left(), 1U);
}

TEST_F(StagingTest, IsSweptWhenItsTimeIsOver) {
  ASSERT_TRUE(stage());
  EXPECT_EQ(sweep().copies, 1U);
  clock_.advance(settings_.keep_s + 1);
  EXPECT_FALSE(find());
  const StageAccount account = sweep();
  EXPECT_EQ(account.expired, 1U);
  EXPECT_EQ(account.unused, 1U);
  EXPECT_GE(account.expired_bytes, 5'000'000);
  EXPECT_EQ(left(), 0U);
}

TEST_F(StagingTest, AUseKeepsItForLonger) {
  ASSERT_TRUE(stage());
  clock_.advance(settings_.keep_s - 10);
  ASSERT_TRUE(find());
  clock_.advance(settings_.keep_s - 10);
  EXPECT_EQ(sweep().used_copies, 1U);
  EXPECT_TRUE(find());
}

TEST_F(StagingTest, ALeaseThatItsOwnerMadeUpIsNotBelieved) {
  const auto staged = stage();
  ASSERT_TRUE(staged);
  const auto lease = std::filesystem::path(staged->path).parent_path().parent_path() / "lease";
  std::ofstream(lease) << "foreshape-lease 1\nexpires 99999999999\nused 0\nuses 0\n";
  EXPECT_FALSE(find());
  EXPECT_EQ(sweep().expired, 1U);
}

TEST_F(StagingTest, SweepsOrphansAndWhatIsNoCopy) {
  ASSERT_TRUE(stage());
  std::string deep = own() + "/.gone-x";
  for (int i = 0; i < 300; ++i) deep += "/d";
  std::filesystem::create_directories(deep);
  std::filesystem::create_directories(own() + "/.draft-0123456789abcdef/data");
  std::filesystem::permissions(own() + "/.draft-0123456789abcdef/data", std::filesystem::perms(0));
  const StageAccount account = sweep();
  EXPECT_EQ(account.orphans, 2U);
  EXPECT_EQ(account.failures, 0U) << account.failure.data();
  EXPECT_EQ(left(), 1U);
  EXPECT_TRUE(find());
}

TEST_F(StagingTest, BeyondTheUsersCapTheSweepTakesWhatExpiresFirst) {
  ASSERT_TRUE(stage());
  request_.source = data() + "/sub";
  std::filesystem::remove(data() + "/sub/link");
  clock_.advance(100);
  ASSERT_TRUE(stage());
  settings_.user_bytes = 6'000'000;
  EXPECT_EQ(sweep().evicted, 1U);
  EXPECT_TRUE(find());
}

TEST_F(StagingTest, ABufferThatOthersCouldSwapIsRefused) {
  std::filesystem::permissions(settings_.buffer, std::filesystem::perms(0777));
  expect_nothing_staged("chmod 1777");
  std::filesystem::permissions(settings_.buffer, std::filesystem::perms(01777));
  EXPECT_TRUE(stage());
}

TEST_F(StagingTest, WhatIsStillBeingWrittenIsNotCopied) {
  request_.settle_s = 1;
  clock_.set(clock_.now_s() - 100);  // all files are younger than now
  expect_nothing_staged("still being written");
}

}  // namespace foreshape
