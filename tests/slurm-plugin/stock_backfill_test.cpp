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
  for (const char* folder : {"ours", "empty", "stock", "later"}) fs::create_directories(root / folder);
  for (const char* folder : {"ours", "stock", "later"})
    std::ofstream(root / folder / "sched_backfill.so") << folder;
  fs::create_directory_symlink(root / "ours", root / "link");
  const auto path = [&](const char* folder) { return (root / folder).string(); };
  const std::string own = path("ours") + "/sched_backfill.so";
  const auto find = [&](const std::string& folders) {
    return find_other_library(folders, "sched_backfill.so", own);
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
