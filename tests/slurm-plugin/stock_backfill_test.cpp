// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/stock_backfill.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace foreshape {
namespace {

namespace fs = std::filesystem;

TEST(FindOtherLibrary, TakesTheFirstThatIsNotItself) {
  const fs::path root = fs::path(testing::TempDir()) / "find_other_library";
  fs::remove_all(root);
  for (const char* directory : {"ours", "empty", "stock", "later"}) fs::create_directories(root / directory);
  for (const char* directory : {"ours", "stock", "later"})
    std::ofstream(root / directory / "sched_backfill.so") << directory;
  fs::create_directory_symlink(root / "ours", root / "link");
  const auto path = [&](const char* directory) { return (root / directory).string(); };
  const std::string own = path("ours") + "/sched_backfill.so";
  const auto find = [&](const std::string& directories) {
    return find_other_library(directories, "sched_backfill.so", own);
  };

  EXPECT_EQ(find(path("ours") + ":" + path("stock") + ":" + path("later")),
            path("stock") + "/sched_backfill.so");
  EXPECT_EQ(find(path("link") + ":" + path("empty") + ":" + path("later")),
            path("later") + "/sched_backfill.so")
      << "the same file by another name is still itself";
  EXPECT_EQ(find(path("ours")), "");
  EXPECT_EQ(find(""), "");
  EXPECT_EQ(find(":::"), "");
  fs::remove_all(root);
}

TEST(LoadStockBackfill, SaysWhereItHasLooked) {
  const auto stock = load_stock_backfill("/nonexistent");
  ASSERT_FALSE(stock);
  EXPECT_NE(stock.error().message.find("PluginDir=/nonexistent"), std::string::npos);
}

}  // namespace
}  // namespace foreshape
