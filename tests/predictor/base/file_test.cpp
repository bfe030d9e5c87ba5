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
    folder_ = ::mkdtemp(name.data());
  }
  ~FileTest() override { std::filesystem::remove_all(folder_); }
  std::string path(const std::string& name) const { return folder_ + "/" + name; }

  std::string folder_;
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
  EXPECT_EQ(read_file(folder_, 100).error().code, ErrorCode::invalid_input);

  ::chmod(path("a").c_str(), 0620);
  EXPECT_NE(read_file(path("a"), 100, mine).error().message.find("chmod go-w"), std::string::npos);
}

TEST_F(FileTest, DoesNotHangOnAFifo) {
  ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
  EXPECT_EQ(read_file(path("fifo"), 100).error().code, ErrorCode::invalid_input);
}

}  // namespace
}  // namespace foreshape
