// SPDX-License-Identifier: GPL-2.0-or-later
// Nodes that the agent keeps for the job that follows a running one.
#include <algorithm>

#include "slurm-plugin/hold/chain_forecasts.h"
#include "tests/slurm-plugin/hold/hold_site.h"

namespace foreshape {
namespace {

using Calls = std::vector<std::string>;
using Site = HoldSite;

/// carol's job 500 runs on n03 with 501 waiting for its end.
void begin_chain(Site& site) {
  site.is_quick(kCarol);
  site.slurm.start(500, kCarol, "n03");
  SeenJob& next = site.slurm.wait(501, kCarol);
  next.waits_for_end_of = 500;
  next.waits_for_resources = next.is_placeable = false;
}

SeenJob& job(Site& site, JobId id) { return *std::ranges::find(site.slurm.seen.jobs, id, &SeenJob::id); }

/// A job ends; who waited for it waits for room now.
void end_job(Site& site, JobId id, JobId then) {
  job(site, id).state = JobState::completed;
  job(site, id).end_s = site.slurm.seen.at_s;
  site.slurm.node("n03").is_free = true;
  SeenJob& next = job(site, then);
  next.waits_for_end_of = 0;
  next.waits_for_resources = next.is_placeable = true;
}

TEST(HoldAgentChain, GivesTheNodeOfAJobToTheOneThatWaitsForItAndSoOn) {
  Site site;
  site.settings.policy.hold.pool = false;
  begin_chain(site);
  site.slurm.wait(600, kCarol);  // waits in the queue, and stays there
  site.pass();
  ASSERT_EQ(site.slurm.take_calls(), Calls{"create foreshape_1"});
  EXPECT_EQ(site.slurm.seen.reservations[0].nodes, std::vector<std::string>{"n03"});
  EXPECT_EQ(site.agent->summary().chain_holds, 1U);
  EXPECT_TRUE(site.state.admission.is_open()) << "so that the agent looks each second";
  EXPECT_FALSE(site.agent->wants_look());
  site.after(10);
  site.pass();
  EXPECT_EQ(site.slurm.take_calls(), Calls{});

  site.after(10);
  end_job(site, 500, 501);
  EXPECT_TRUE(site.agent->wants_look());
  site.pass();
  EXPECT_EQ(site.slurm.take_calls(), Calls{"put 501 into 'foreshape_1'"});

  site.slurm.start(501, kCarol, "n03");
  job(site, 501).reservation = "foreshape_1";
  SeenJob& third = site.slurm.wait(502, kCarol);
  third.waits_for_end_of = 501;
  third.waits_for_resources = third.is_placeable = false;
  site.after(10);
  site.pass();
  EXPECT_EQ(site.agent->summary().hits, 1U);
  EXPECT_EQ(site.agent->summary().chain_holds, 1U) << "the same nodes, for the next one";
  site.slurm.take_calls();
  site.after(10);
  end_job(site, 501, 502);
  site.pass();
  EXPECT_EQ(site.slurm.take_calls(), Calls{"put 502 into 'foreshape_1'"});
}

TEST(HoldAgentChain, IsKeptOverARestartAndGivenBackWhenNobodyComes) {
  Site site;
  site.settings.policy.hold.pool = false;
  begin_chain(site);
  site.pass();
  site.restart();
  site.pass();
  site.slurm.take_calls();
  std::erase_if(site.slurm.seen.jobs, [](const SeenJob& one) { return one.id == 500 || one.id == 501; });
  site.slurm.node("n03").is_free = true;
  site.after(10);
  site.pass();
  EXPECT_EQ(site.slurm.take_calls(), Calls{});
  site.after(ChainForecasts::kDependentWaitSeconds);
  site.pass();
  EXPECT_EQ(site.slurm.take_calls(), Calls{"release foreshape_1"});
  EXPECT_EQ(site.agent->summary().misses, 1U);
  EXPECT_FALSE(site.agent->wants_look());
}

TEST(HoldAgentChain, IsForUsersWithNodesOfTheirOwnAndJobsThatMayEnter) {
  const struct {
    const char* why;
    void (*change)(Site&);
  } cases[] = {
      {"its node has another job too", [](Site& s) { s.slurm.start(700, kDave, "n03"); }},
      {"it has some of the cpus only", [](Site& s) { job(s, 500).given_cpus = 32; }},
      {"the dependent is dave's", [](Site& s) { job(s, 501).uid = kDave; }},
      {"its limit is longer than any hold's", [](Site& s) { job(s, 501).requested.limit_s = 86'400; }},
      {"several partitions", [](Site& s) {
         job(s, 501).partitions = {"main", "other"};
       }}};
  for (const auto& c : cases) {
    Site site;
    site.settings.policy.hold.pool = false;
    begin_chain(site);
    c.change(site);
    site.pass();
    EXPECT_EQ(site.slurm.take_calls(), Calls{}) << c.why;
  }
}

TEST(HoldAgentChain, ServesWhomeverItForeseesWhereTheSiteSaysAuto) {
  Site site;
  site.settings.policy.hold.users = {"auto"};
  site.settings.policy.hold.pool = false;
  begin_chain(site);
  site.pass();
  EXPECT_EQ(site.slurm.take_calls(), Calls{"create foreshape_1"});
  const auto events = site.events();
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events.front().user.view(), "carol");
}

}  // namespace
}  // namespace foreshape
