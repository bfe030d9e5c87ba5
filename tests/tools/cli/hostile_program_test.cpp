// SPDX-License-Identifier: GPL-2.0-or-later
// Root calls a program by its name while a user can put one of that name in PATH.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>

#include "tools/cli/child_process.h"
#include "tools/cli/program_path.h"

namespace foreshape {
namespace {

namespace fs = std::filesystem;

constexpr uid_t kAlice = 54'321;  // needs no entry in /etc/passwd

/// base/site/bin: root's, with a program `fake_sacct` that says "site"; base/alice/bin: hers, where it says
/// "alice".
class HostileProgram : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(::geteuid(), 0U) << "the attack is one on root: run this test as root";
    std::string name = testing::TempDir() + "foreshape_program_XXXXXX";
    base_ = ::mkdtemp(name.data());
    fs::permissions(base_, fs::perms(0755));
    path_before_ = std::getenv("PATH");
    for (const char* who : {"site", "alice"}) {
      fs::create_directories(bin(who));
      std::ofstream(bin(who) / "fake_sacct") << "#!/bin/sh\necho " << who << "\n";
      fs::permissions(bin(who) / "fake_sacct", fs::perms(0755));
    }
    for (const fs::path& hers : {base_ / "alice", bin("alice"), bin("alice") / "fake_sacct"})
      ASSERT_EQ(::chown(hers.c_str(), kAlice, kAlice), 0);
  }
  void TearDown() override {
    ::setenv("PATH", path_before_.c_str(), 1);
    if (!base_.empty()) fs::remove_all(base_);
  }
  fs::path bin(const char* who) const { return base_ / who / "bin"; }
  /// What the program says that is found; or why there is none.
  static std::string said(const std::string& path) {
    ::setenv("PATH", path.c_str(), 1);
    const auto output = output_of({"fake_sacct"});
    return output ? *output : output.error().message;
  }

  fs::path base_;
  std::string path_before_;
};

TEST_F(HostileProgram, OfAUserIsNeverRunByRoot) {
  const std::string hers = bin("alice"), ours = bin("site");
  EXPECT_EQ(said(hers + ":" + ours + ":/usr/bin:/bin"), "site\n") << "hers is skipped, the site's is found";
  const std::string refused = said(hers + ":/usr/bin:/bin");
  EXPECT_NE(refused.find("fake_sacct: not found in PATH by root"), std::string::npos) << refused;
  EXPECT_NE(refused.find((base_ / "alice").string() + " belongs to uid 54321"), std::string::npos) << refused;
  EXPECT_NE(refused.find("chown root, chmod go-w"), std::string::npos) << refused;
}

TEST_F(HostileProgram, IsNotFoundWhereOthersCanChangeItOrTheWayToIt) {
  const struct {
    const char* why;
    std::function<void()> spoil;
  } cases[] = {
      {"its directory is anybody's", [&] { fs::permissions(bin("site"), fs::perms(01777)); }},
      {"its directory is a group's",
       [&] {
         ASSERT_EQ(::chown(bin("site").c_str(), 0, kAlice), 0);
         fs::permissions(bin("site"), fs::perms(0775));
       }},
      {"the one above is hers", [&] { ASSERT_EQ(::chown((base_ / "site").c_str(), kAlice, 0), 0); }},
      {"the one above is anybody's", [&] { fs::permissions(base_ / "site", fs::perms(0777)); }},
      {"it is hers", [&] { ASSERT_EQ(::chown((bin("site") / "fake_sacct").c_str(), kAlice, 0), 0); }},
      {"anybody may write it", [&] { fs::permissions(bin("site") / "fake_sacct", fs::perms(0777)); }},
      {"it is a link to hers",
       [&] {
         fs::remove(bin("site") / "fake_sacct");
         fs::create_symlink(bin("alice") / "fake_sacct", bin("site") / "fake_sacct");
       }},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    TearDown();
    SetUp();
    ASSERT_EQ(said(bin("site").string() + ":/usr/bin:/bin"), "site\n");
    c.spoil();
    const std::string refused = said(bin("site").string() + ":/usr/bin:/bin");
    EXPECT_NE(refused.find("not found in PATH by root"), std::string::npos) << refused;
    EXPECT_NE(refused.find(base_.string()), std::string::npos) << refused;
  }
}

TEST_F(HostileProgram, IsNotFoundWhereOneIs) {
  const fs::path before = fs::current_path();
  fs::current_path(bin("site"));
  for (const char* path : {"", ".", ":/usr/bin", "/usr/bin:", "../bin"}) {
    SCOPED_TRACE(path);
    EXPECT_NE(said(path).find("is relative"), std::string::npos);
  }
  fs::current_path(before);
}

TEST_F(HostileProgram, IsFoundByLinksOfRootAndBelowAStickyDirectory) {
  fs::create_directory_symlink(base_ / "site", base_ / "current");
  fs::create_symlink("../bin/fake_sacct", bin("site") / "fake_link");
  fs::permissions(base_, fs::perms(01777));
  EXPECT_EQ(said((base_ / "current/bin").string() + ":/usr/bin:/bin"), "site\n");
  EXPECT_EQ(find_as_root("fake_link", roots_path(bin("site").string())).value_or("none"),
            (bin("site") / "fake_link").string());
  ASSERT_EQ(::lchown((base_ / "current").c_str(), kAlice, kAlice), 0);
  EXPECT_NE(said((base_ / "current/bin").string()).find("belongs to uid 54321"), std::string::npos);
}

TEST_F(HostileProgram, IsNotHandedOnToWhatRootRuns) {
  ::setenv("PATH", (bin("alice").string() + ":/usr/bin:/bin").c_str(), 1);
  EXPECT_EQ(output_of({"sh", "-c", "echo $PATH"}).value_or("failed"), "/usr/bin:/bin\n");
  ::setenv("PATH", bin("alice").c_str(), 1);
  EXPECT_EQ(output_of({"/bin/sh", "-c", "echo $PATH"}).value_or("failed"), "/usr/sbin:/usr/bin:/sbin:/bin\n");
}

}  // namespace
}  // namespace foreshape
