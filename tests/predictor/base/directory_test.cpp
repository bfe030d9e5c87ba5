// SPDX-License-Identifier: GPL-2.0-or-later
#include "predictor/base/directory.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace foreshape {
namespace {

namespace fs = std::filesystem;

class OpenDirectory : public testing::Test {
 protected:
  OpenDirectory() {
    std::string name = testing::TempDir() + "foreshape_directory_XXXXXX";
    root_ = ::mkdtemp(name.data());
    fs::create_directories(root_ / "a/b");
    std::ofstream(root_ / "file") << "text";
  }
  ~OpenDirectory() override { fs::remove_all(root_); }

  /// Where a descriptor leads.
  static fs::path place_of(const Result<Descriptor>& opened) {
    return opened ? fs::read_symlink("/proc/self/fd/" + std::to_string(opened->get())) : fs::path{};
  }

  fs::path root_;
};

TEST_F(OpenDirectory, FollowsThePathAndItsOwnersLinks) {
  fs::create_directory_symlink("a/b", root_ / "relative");
  fs::create_directory_symlink(root_ / "relative/..", root_ / "absolute");
  fs::create_directory_symlink("loop", root_ / "loop");
  EXPECT_EQ(place_of(open_directory(root_ / "a//./b/")), root_ / "a/b");
  EXPECT_EQ(place_of(open_directory(root_ / "relative")), root_ / "a/b");
  EXPECT_EQ(place_of(open_directory(root_ / "absolute/b/../../a")), root_ / "a");
  EXPECT_EQ(place_of(open_directory("/")), "/");
  EXPECT_EQ(place_of(open_directory(".")), fs::current_path());
  EXPECT_NE(open_directory(root_ / "loop").error().message.find("symbolic links"), std::string::npos);
}

TEST_F(OpenDirectory, NamesWhatIsMissingOrNoDirectory) {
  EXPECT_EQ(open_directory(root_ / "none").error().code, ErrorCode::not_found);
  EXPECT_EQ(open_directory(root_ / "file").error().code, ErrorCode::invalid_input);
  EXPECT_EQ(open_directory(root_ / "file/below").error().code, ErrorCode::invalid_input);
  EXPECT_NE(open_directory(root_ / "none").error().message.find((root_ / "none").string()),
            std::string::npos);
}

TEST(FilePath, IsADirectoryAndAName) {
  const struct {
    const char *path, *directory, *name;
  } cases[] = {{"name", ".", "name"}, {"/name", "/", "name"}, {"a/b", "a", "b"}, {"/a/b/", "/a/b", ""}};
  for (const auto& c : cases) {
    EXPECT_EQ(directory_of(c.path), c.directory);
    EXPECT_EQ(last_name(c.path), c.name);
  }
}

}  // namespace
}  // namespace foreshape
