// SPDX-License-Identifier: GPL-2.0-or-later
#include "trainer/anonymizer.h"

#include <gtest/gtest.h>

namespace foreshape {
namespace {

TEST(SipHash, GivesThePublishedValue) {
  // The reference implementation's vector for the key 00 01 ... 0f and the message 00 01 ... 07.
  EXPECT_EQ(siphash({0x0706050403020100U, 0x0f0e0d0c0b0a0908U}, 0x0706050403020100U), 0x93f5f5799a932462U);
}

TracedJob carols_job() {
  TracedJob job;
  job.request.submit_s = 1'700'000'000;
  job.request.uid = 1003;
  job.request.account = 77;
  job.request.name = 77;
  job.request.cpus = 4;
  job.usage.run_s = 60;
  return job;
}

TEST(Anonymizer, HidesUidAndHashesAndNothingElse) {
  const auto anonymizer = Anonymizer::create();
  ASSERT_TRUE(anonymizer);
  const TracedJob job = carols_job(), hidden = anonymizer->anonymous(job);
  EXPECT_NE(hidden.request.uid, job.request.uid);
  EXPECT_NE(hidden.request.account, job.request.account);
  EXPECT_NE(hidden.request.account, hidden.request.name) << "the same hash in two fields doesn't show";
  EXPECT_EQ(hidden.request.qos, 0U) << "not said stays not said";
  EXPECT_EQ(hidden.request.submit_s, job.request.submit_s);
  EXPECT_EQ(hidden.request.cpus, job.request.cpus);
  EXPECT_EQ(hidden.usage.run_s, job.usage.run_s);
}

TEST(Anonymizer, IsTheSameForTheSameUserInOneRunOnly) {
  const auto one = Anonymizer::create(), other = Anonymizer::create();
  EXPECT_EQ(one->anonymous(carols_job()).request.uid, one->anonymous(carols_job()).request.uid);
  EXPECT_NE(one->anonymous(carols_job()).request.uid, other->anonymous(carols_job()).request.uid);
}

}  // namespace
}  // namespace foreshape
