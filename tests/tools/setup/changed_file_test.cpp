// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/setup/changed_file.h"

#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include "predictor/base/file.h"

namespace foreshape {
namespace {

class ChangedFile : public testing::Test {
 protected:
  ChangedFile() {
    char pattern[] = "/tmp/foreshape-changed-XXXXXX";
    directory_ = ::mkdtemp(pattern);
  }
  ~ChangedFile() override { std::filesystem::remove_all(directory_); }

  std::string path(const char* name) const { return directory_ / name; }
  static struct stat look(const std::string& path) {
    struct stat info {};
    EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
    return info;
  }

 private:
  std::filesystem::path directory_;
};

TEST_F(ChangedFile, StaysWhoseItWas) {
  ASSERT_TRUE(replace_file(path("a"), "one", 0640));
  const gid_t group = ::geteuid() == 0 ? 1 : ::getegid();
  ASSERT_EQ(::chown(path("a").c_str(), static_cast<uid_t>(-1), group), 0);
  ASSERT_EQ(::chmod(path("a").c_str(), 0640), 0);
  ASSERT_TRUE(change_file(path("a"), "two", 0644));
  EXPECT_EQ(read_file(path("a"), 10).value(), "two");
  EXPECT_EQ(look(path("a")).st_mode & 0777U, 0640U);
  EXPECT_EQ(look(path("a")).st_gid, group);
}

TEST_F(ChangedFile, LeavesWhatSomebodyHasPrepared) {
  ASSERT_TRUE(replace_file(path("a"), "one", 0644));
  ASSERT_TRUE(replace_file(path("a.new"), "prepared", 0644));
  const auto changed = change_file(path("a"), "two", 0644);
  ASSERT_FALSE(changed);
  EXPECT_NE(changed.error().message.find("a.new is there"), std::string::npos);
  EXPECT_EQ(read_file(path("a"), 10).value(), "one");
  EXPECT_EQ(read_file(path("a.new"), 10).value(), "prepared");
}

TEST_F(ChangedFile, KeepsTheCopyFromBeforeTheFirstChange) {
  ASSERT_TRUE(replace_file(path("a"), "one", 0644));
  ASSERT_TRUE(keep_copy(path("a"), path("a.before")));
  ASSERT_TRUE(change_file(path("a"), "two", 0644));
  ASSERT_TRUE(keep_copy(path("a"), path("a.before")));
  EXPECT_EQ(read_file(path("a.before"), 10).value(), "one");
}

TEST_F(ChangedFile, DoesNotFollowALink) {
  ASSERT_TRUE(replace_file(path("secret"), "one", 0600));
  std::filesystem::create_symlink("secret", path("a"));
  EXPECT_FALSE(change_file(path("a"), "two", 0644));
  EXPECT_EQ(read_file(path("secret"), 10).value(), "one");
}

}  // namespace
}  // namespace foreshape
