// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/base/file.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace foreshape {
namespace {

class FileTest : public testing::Test {
 protected:
  FileTest() {
    std::string name = testing::TempDir() + "foreshape_file_XXXXXX";
    directory_ = ::mkdtemp(name.data());
  }
  ~FileTest() override { std::filesystem::remove_all(directory_); }
  std::string path(const std::string& name) const { return directory_ + "/" + name; }

  std::string directory_;
};

TEST_F(FileTest, ReplacedFileIsReadBack) {
  ASSERT_TRUE(replace_file(path("a"), "one", 0600));
  ASSERT_TRUE(replace_file(path("a"), "two", 0600));
  EXPECT_EQ(read_file(path("a"), 100).value(), "two");
}

TEST_F(FileTest, RefusesWhatItCannotTrust) {
  ASSERT_TRUE(replace_file(path("a"), "bytes", 0600));
  const FileTrust mine{::getuid()};
  EXPECT_TRUE(read_file(path("a"), 100, mine));

  EXPECT_EQ(read_file(path("missing"), 100).error().code, ErrorCode::not_found);
  EXPECT_EQ(read_file(path("a"), 4).error().code, ErrorCode::invalid_input);
  EXPECT_EQ(read_file(directory_, 100).error().code, ErrorCode::invalid_input);

  ::chmod(path("a").c_str(), 0620);
  EXPECT_NE(read_file(path("a"), 100, mine).error().message.find("chmod go-w"), std::string::npos);
}

TEST_F(FileTest, DoesNotHangOnAFifo) {
  ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
  EXPECT_EQ(read_file(path("fifo"), 100).error().code, ErrorCode::invalid_input);
}

TEST_F(FileTest, ReplacesFilesAndLinksToFilesOnly) {
  // As root a rename would have put a file in the place of /dev/null.
  ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
  std::filesystem::create_symlink("fifo", path("link"));
  for (const char* name : {"fifo", "link"}) {
    const auto replaced = replace_file(path(name), "bytes", 0600);
    ASSERT_FALSE(replaced) << name;
    EXPECT_NE(replaced.error().message.find("not a regular file"), std::string::npos);
    EXPECT_TRUE(std::filesystem::is_fifo(path(name)));
  }
  ASSERT_TRUE(replace_file(path("a"), "one", 0600));
  std::filesystem::create_symlink("a", path("link_to_a"));
  EXPECT_TRUE(replace_file(path("link_to_a"), "two", 0600));
  EXPECT_EQ(read_file(path("a"), 100).value(), "one") << "the link was replaced, not followed";
}

}  // namespace
}  // namespace foreshape
