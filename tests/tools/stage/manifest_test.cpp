// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/stage/manifest.h"

#include <gtest/gtest.h>
#include <string>

#include "tools/stage/source_path.h"
#include "tools/stage/stage_settings.h"

namespace foreshape {

TEST(Manifest, ReadsBackWhateverANameIs) {
  Manifest manifest{"/data/in put", 1'790'000'000, {}};
  manifest.tree.entries = {
      {TreeEntry::Kind::directory, "", 0755, 0, 1, 2, "", 0},
      {TreeEntry::Kind::file, "end 1 2\n%41 \xff", 0644, 12, -3, 4, "", 0xABCDEF},
      {TreeEntry::Kind::link, "l", 0777, 0, 5, 6, "a b\nc", 0},
  };
  manifest.tree.bytes = 12;
  const auto read = parse_manifest(manifest_text(manifest));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->source, manifest.source);
  EXPECT_EQ(read->tree.bytes, 12);
  EXPECT_EQ(read->tree.entries[1].name, manifest.tree.entries[1].name);
  EXPECT_EQ(read->tree.entries[1].checksum, 0xABCDEFU);
  EXPECT_EQ(first_difference(read->tree, manifest.tree, Sameness::unchanged), std::nullopt);
}

TEST(Manifest, IsRefusedWhereverItWasCutOrChanged) {
  Manifest manifest{"/data/x", 1, {}};
  manifest.tree.entries = {{TreeEntry::Kind::file, "", 0644, 12, 3, 4, "", 0}};
  const std::string text = manifest_text(manifest);
  for (std::size_t i = 0; i < text.size(); ++i) {
    EXPECT_FALSE(parse_manifest(text.substr(0, i))) << i;
    std::string changed = text;
    changed[i] = changed[i] == '7' ? '8' : '7';
    EXPECT_FALSE(parse_manifest(changed)) << i;
  }
}

TEST(SourceName, IsAbsoluteAndPlain) {
  const struct {
    const char *typed, *name;
  } cases[] = {
      {"/a", "/a"},       {"//a///b/", "/a/b"}, {"a", nullptr},     {"", nullptr},       {"/", nullptr},
      {"/a/..", nullptr}, {"/./a", nullptr},    {"/a\nb", nullptr}, {"/a\x1b", nullptr}, {"/ä ö", "/ä ö"},
  };
  for (const auto& c : cases) {
    const auto name = source_name(c.typed);
    EXPECT_EQ(name.value_or("refused"), c.name == nullptr ? "refused" : c.name) << c.typed;
  }
}

TEST(StageSettings, ErrorsNameFileLineAndKey) {
  const struct {
    const char *text, *error;
  } cases[] = {
      {"Buffer=/fast\nKeep=0", "f:2: Keep: '0' is not a time from 1m"},
      {"Buffer=fast", "f:1: Buffer: 'fast' is not an absolute path"},
      {"\nCopyBytes=100", "f:2: CopyBytes: '100' is not a size"},
      {"UserBytes=1T\nUserBytes=2T", "f:2: UserBytes: given twice"},
      {"KeepFree=120%", "f:1: KeepFree: '120%' is not a share"},
      {"Bufer=/fast", "f:1: Bufer: unknown key; it takes Buffer, Account, Keep"},
      {"Path=data JobName=x", "f:1: Path: this is not an absolute path"},
      {"Keep=1-0\nPath=/data", "f:2: Path: for whom? add Account= or JobName="},
      {"Path=/data User=alice", "f:1: User: a line with Path takes Account and JobName"},
      {"PlanJobs=0", "f:1: PlanJobs: '0' is not a whole number from 1 to 1000"},
      {"Keep=30d", "Keep is longer than KeepMax"},
  };
  for (const auto& c : cases) {
    const auto settings = parse_stage_settings(c.text, "f");
    ASSERT_FALSE(settings) << c.text;
    EXPECT_NE(settings.error().message.find(c.error), std::string::npos) << settings.error().message;
  }
  const auto settings = parse_stage_settings(
      "buffer=/fast/tier # ours\nKeep=2-0\nCopyFiles=10\nKeepFree=0%\nPath=/ref Account=physics "
      "JobName=relax\nMinSaved=0",
      "f");
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->buffer, "/fast/tier");
  EXPECT_EQ(settings->keep_s, 2 * 86'400);
  EXPECT_EQ(settings->copy.entries, 10U);
  ASSERT_EQ(settings->plan.rules.size(), 1U);
  EXPECT_EQ(settings->plan.rules[0].path, "/ref");
  EXPECT_EQ(settings->plan.saved_s, 0);
}

}  // namespace foreshape
