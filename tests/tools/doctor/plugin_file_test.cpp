// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/doctor/plugin_file.h"

#include <gtest/gtest.h>
#include <slurm/slurm_version.h>

#include "predictor/base/file.h"

namespace foreshape {
namespace {

constexpr std::uint32_t kOtherRelease = 0x150805;  // slurm-plugin/CMakeLists.txt: as if built for 21.08.5

std::string bytes_of(const char* path) { return read_file(path, 64U << 20).value(); }

}  // namespace

TEST(ReadPlugin, SaysWhatOursWereBuiltForThoughTheyShowSlurmSomethingElse) {
  const auto ours = read_plugin(FORESHAPE_PLUGIN);
  ASSERT_TRUE(ours) << ours.error().message;
  EXPECT_EQ(ours->type, "job_submit/foreshape");
  EXPECT_TRUE(ours->name.starts_with("foreshape")) << ours->name;
  EXPECT_EQ(ours->version, SLURM_VERSION_NUMBER);
  const auto other = read_plugin(FORESHAPE_PLUGIN_OTHER_RELEASE);
  ASSERT_TRUE(other) << other.error().message;
  EXPECT_EQ(other->version, kOtherRelease);
}

TEST(ReadPlugin, NamesTheFileThatIsNone) {
  const auto no_plugin = read_plugin("/etc/passwd");
  ASSERT_FALSE(no_plugin);
  EXPECT_EQ(no_plugin.error().message, "/etc/passwd: no shared library of this machine");
  EXPECT_EQ(read_plugin("/no/such.so").error().code, ErrorCode::not_found);
}

TEST(ParsePlugin, SurvivesADamagedFile) {
  const std::string whole = bytes_of(FORESHAPE_PLUGIN);
  for (std::size_t size = 0; size < whole.size(); size += 257) (void)parse_plugin(whole.substr(0, size));
  for (std::size_t at = 0; at < whole.size(); at += 61) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(~damaged[at]);
    (void)parse_plugin(damaged);
  }
  std::string everywhere = whole;  // every table far outside
  for (std::size_t at = 32; at < 64; ++at) everywhere[at] = '\xff';
  EXPECT_FALSE(parse_plugin(everywhere));
}

}  // namespace foreshape
