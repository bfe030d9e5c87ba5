// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/slurm_release.h"

#include <cstring>
#include <gtest/gtest.h>

#include "tests/slurm-plugin/fake_host.h"

// Each release compiles one form of what differs; the others are declared here by hand, as their headers have
// them.

namespace up_to_25_05 {
struct Descriptor {
  char* job_id_str;
  std::uint32_t job_id;
};
std::uint32_t slurm_requeue(std::uint32_t job_id) { return job_id; }
struct Conf {
  int freed = 0;
};
void slurm_free_ctl_conf(Conf* conf) { ++conf->freed; }
}  // namespace up_to_25_05

namespace from_25_11_on {
struct Step {
  std::uint64_t sluid;
  std::uint32_t job_id;
  std::uint32_t step_het_comp;
  std::uint32_t step_id;
};
Step slurm_requeue(Step step_id) { return step_id; }
struct Descriptor {
  char* job_id_str;
  Step step_id;
};
}  // namespace from_25_11_on

namespace from_26_05_on {
struct Conf {
  int freed = 0;
};
void slurm_free_conf(Conf* conf) { ++conf->freed; }
}  // namespace from_26_05_on

namespace foreshape {
namespace {

TEST(JobIdOf, IsTheDescriptorsOwnFieldOrItsStepIds) {
  up_to_25_05::Descriptor older{};
  job_id_of(older) = 7;
  EXPECT_EQ(older.job_id, 7U);
  from_25_11_on::Descriptor newer{};
  job_id_of(newer) = 7;
  EXPECT_EQ(newer.step_id.job_id, 7U);
  const from_25_11_on::Descriptor& read_only = newer;
  EXPECT_EQ(job_id_of(read_only), 7U);
  job_desc_msg_t ours = blank_descriptor();
  EXPECT_EQ(job_id_of(ours), NO_VAL);
}

TEST(SluidOf, IsZeroWhereTheReleaseHasNone) {
  EXPECT_EQ(sluid_of(up_to_25_05::Descriptor{}), 0U);
  from_25_11_on::Descriptor newer{};
  newer.step_id.sluid = 0xbc064b4483ea1000;
  EXPECT_EQ(sluid_of(newer), 0xbc064b4483ea1000);
}

TEST(CallJobId, IsTheNumberOrAStepIdThatSaysNothingElse) {
  EXPECT_EQ(up_to_25_05::slurm_requeue(CallJobId{7}), 7U);
  const from_25_11_on::Step step = from_25_11_on::slurm_requeue(CallJobId{7});
  EXPECT_EQ(step.job_id, 7U);
  EXPECT_EQ(step.sluid, 0U);
  EXPECT_EQ(step.step_id, NO_VAL);
  EXPECT_EQ(step.step_het_comp, NO_VAL);
}

TEST(FreeLoadedConf, CallsTheFunctionThatTheReleaseHas) {
  up_to_25_05::Conf older;
  free_loaded_conf(&older);
  EXPECT_EQ(older.freed, 1);
  from_26_05_on::Conf newer;
  free_loaded_conf(&newer);
  EXPECT_EQ(newer.freed, 1);
}

TEST(FreeCreatedName, GivesTheNameBackToWhomItBelongs) {
  const int before = freed_by_slurm();
  free_created_name<NameMemory::c_library>(strdup("a hold"));
  EXPECT_EQ(freed_by_slurm(), before);
  free_created_name<NameMemory::slurm>(slurm_text("a hold"));
  EXPECT_EQ(freed_by_slurm(), before + 1);
}

}  // namespace
}  // namespace foreshape
