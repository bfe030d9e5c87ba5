// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/slurm/user_defaults.h"

#include <gtest/gtest.h>
#include <string>

namespace foreshape {
namespace {

AssociationRows site() {
  AssociationRows rows;
  rows.users = {{1002, "chemistry"}, {1001, "physics"}, {1003, ""}};
  rows.associations = {{1001, "physics", "", "long"},
                       {1001, "physics", "gpu", "short"},
                       {1001, "chemistry", "", "short"},
                       {1002, "chemistry", "", ""}};
  rows.qos = "normal";
  return rows;
}

TEST(UserDefaults, FillsWhatSlurmWillFillAndNothingThatWasSaid) {
  const UserDefaults defaults(site());
  const struct {
    const char* why;
    UserId uid;
    const char *says_account, *says_qos, *partition, *account, *qos;
    bool is_known;
  } cases[] = {
      {"nothing said", 1001, "", "", "main", "physics", "long", true},
      {"an association for the partition goes first", 1001, "", "", "gpu", "physics", "short", true},
      {"the QOS is the named account's", 1001, "chemistry", "", "main", "chemistry", "short", true},
      {"what is said stays", 1001, "other", "long", "gpu", "other", "long", true},
      {"an association without a default", 1002, "", "", "main", "chemistry", "normal", true},
      {"a user without a default account", 1003, "", "", "main", "", "normal", false},
      {"nobody Slurm knows", 7, "", "", "main", "", "normal", false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    SubmittedJob job;
    job.request.uid = c.uid;
    job.account.assign(c.says_account);
    job.request.account = text_hash(c.says_account);
    job.qos.assign(c.says_qos);
    job.qoses = listed_names(c.says_qos);
    job.request.qos = job.qoses.hashes[0];
    job.request.partition = text_hash(c.partition);
    EXPECT_EQ(defaults.fill(job), c.is_known);
    EXPECT_EQ(job.account.view(), c.account);
    EXPECT_EQ(job.request.account, text_hash(c.account));
    EXPECT_EQ(job.qos.view(), c.qos);
    EXPECT_EQ(job.request.qos, text_hash(c.qos));
    EXPECT_EQ(job.qoses.count, 1U);
  }
}

TEST(UserDefaults, ChangesNothingWithoutAccounting) {
  SubmittedJob job;
  job.request.uid = 1001;
  EXPECT_FALSE(UserDefaults{}.fill(job));
  EXPECT_EQ(job.request.account, 0U);
  EXPECT_EQ(job.request.qos, 0U);
  EXPECT_EQ(job.qoses.count, 0U);
}

TEST(UserDefaults, ListedAreNoMoreThanFit) {
  AssociationRows rows;
  rows.users.resize(UserDefaults::kMaxRows + 10, {1001, "physics"});
  EXPECT_EQ(UserDefaults(std::move(rows)).users(), UserDefaults::kMaxRows);
}

}  // namespace
}  // namespace foreshape
