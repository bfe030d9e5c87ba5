// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/hold/hold_agent.h"

#include <fstream>

#include "tests/predictor/model/made_model.h"
#include "tests/slurm-plugin/hold/hold_site.h"

namespace foreshape {
namespace {

using Calls = std::vector<std::string>;
using Site = HoldSite;

TEST(HoldAgent, HoldsANodeForAForeseenUserAndRecordsBeforeAndAfter) {
  Site site;
  site.has_habit(kCarol);
  site.pass();
  EXPECT_EQ(site.slurm.take_calls(), Calls{"create foreshape_1"});
  const auto events = site.events();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].step, HoldPhase::intend);
  EXPECT_EQ(events[1].step, HoldPhase::done);
  EXPECT_EQ(events[1].action, HoldAction::create);
  EXPECT_EQ(events[1].user.view(), "carol");
  EXPECT_EQ(events[1].deadline_s, kNow + 900);
  EXPECT_EQ(site.slurm.seen.reservations[0].ends_s, kNow + 900) << "Slurm itself gives it back then";
  site.after(10);
  site.pass();
  EXPECT_TRUE(site.slurm.take_calls().empty()) << "nothing to do twice";
}

TEST(HoldAgent, TakesForTheDefaultPartitionWhatWasSubmittedBeforeThatWasKnown) {
  Site site;
  site.has_habit(kCarol);
  Submission at_the_start;  // of slurmctld: named no partition
  at_the_start.submit_s = static_cast<std::uint32_t>(site.slurm.seen.at_s) - 5;
  at_the_start.cpus = 64;
  at_the_start.predicted_run_s = 60;
  site.state.profiles.add_submission(kCarol, at_the_start);
  site.pass();
  EXPECT_EQ(site.slurm.take_calls(), Calls{}) << "nobody knows where";
  SiteFacts facts;
  for (const char* name : {"debug", "main"}) {
    PartitionFacts& partition = facts.partitions.emplace_back();
    partition.name = name;
    partition.hash = text_hash(name);
    partition.is_default = partition.name == "main";
  }
  site.state.facts.set(facts);
  site.after(10);
  site.pass();
  EXPECT_EQ(site.slurm.take_calls(), Calls{"create foreshape_1"});
}

TEST(HoldAgent, ForecastsByTheServedModelWhereItHasArrivalsAndSaysSo) {
  Site site;
  site.has_habit(kCarol);
  site.state.model.set({std::make_shared<const ServingNetwork>(test::made_model()), {}});
  site.pass();
  EXPECT_STREQ(site.agent->summary().forecast.by, "gaps") << "a model without them";
  EXPECT_EQ(site.agent->summary().forecast.by_network, 0U);
  EXPECT_NE(std::string(site.events()[0].reason.view()).find(", by gaps"), std::string::npos);

  Site other;
  other.has_habit(kCarol);
  other.state.model.set({std::make_shared<const ServingNetwork>(test::made_model_with_arrivals()), {}});
  other.pass();
  const HoldSummary& summary = other.agent->summary();
  EXPECT_STREQ(summary.forecast.by, "model");
  EXPECT_EQ(summary.forecast.users, 1U);
  EXPECT_EQ(summary.forecast.by_network, 1U);
  const auto events = other.events();
  ASSERT_FALSE(events.empty()) << "an untrained network says what the gaps say";
  EXPECT_NE(std::string(events[0].reason.view()).find(", by model"), std::string::npos);
}

TEST(HoldAgent, ClosesAHoldAsAMissAtItsDeadlineAndBarsTheUser) {
  Site site;
  site.settings.policy.hold.pool = false;
  site.has_habit(kCarol);
  site.pass();
  site.events();
  site.after(900);  // Slurm has given it back
  site.has_habit(kCarol);
  site.pass();
  const auto events = site.events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].step, HoldPhase::released);
  EXPECT_EQ(events[0].idle_node_s, 900) << "a free node was held while another job waited";
  EXPECT_EQ(site.agent->summary().misses, 1U);
  EXPECT_EQ(site.slurm.take_calls(), Calls{"create foreshape_1"}) << "and no new one";
  site.after(900);
  site.has_habit(kCarol);
  site.pass();
  EXPECT_EQ(site.slurm.take_calls(), Calls{"create foreshape_2"}) << "once the bar is over";
}

TEST(HoldAgent, CountsAJobThatStartedInAHoldOnceAndGoesOn) {
  Site site;
  site.has_habit(kCarol);
  site.pass();
  site.events();
  site.after(30);
  const std::string node = site.slurm.seen.reservations[0].nodes[0];
  site.comes(5, kCarol, node);
  site.pass();
  const auto events = site.events();
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events[0].step, HoldPhase::hit);
  EXPECT_EQ(events[0].job_id, 5U);
  EXPECT_EQ(events[0].idle_node_s, 30);
  ASSERT_EQ(site.slurm.seen.reservations.size(), 1U);
  EXPECT_EQ(site.slurm.seen.reservations[0].ends_s, kNow + 930) << "the next one is foreseen as well";
  EXPECT_NE(site.slurm.seen.reservations[0].nodes[0], node) << "its node is busy for long";
  site.after(10);
  site.pass();
  EXPECT_EQ(site.agent->summary().hits, 1U);
  EXPECT_EQ(site.agent->summary().misses, 0U);
}

TEST(HoldAgent, PromisesAnewAtOnceWhenAJobCameRightAfterTheHold) {
  Site site;
  site.has_habit(kCarol);
  site.pass();
  site.after(2);
  site.comes(5, kCarol, site.slurm.seen.reservations[0].nodes[0]);
  site.pass();
  EXPECT_EQ(site.slurm.seen.reservations[0].ends_s, kNow + 902);
  site.settings.policy.hold.personal_probability_min = 1.0;  // foreseen no longer: but it is a promise
  site.after(2);
  site.pass();
  EXPECT_EQ(site.slurm.seen.reservations.size(), 1U);
}

TEST(HoldAgent, HoldsNothingInAPartitionThatIsNew) {
  Site site;
  site.pass();
  for (PoolNode& node : site.slurm.seen.nodes) node.partitions.emplace_back("course");
  site.after(10);
  site.has_habit(kCarol, 60, "course");
  site.pass();
  EXPECT_EQ(site.slurm.take_calls(), Calls{}) << "it may be deleted again today";
  site.after(PartitionAges::kYoungSeconds);
  site.slurm.seen.jobs.clear();  // else a head that has waited for so long goes first
  site.has_habit(kCarol, 60, "course");
  site.pass();
  EXPECT_EQ(site.slurm.take_calls(), Calls{"create foreshape_1"});
}

TEST(HoldAgent, DoesNotTakeOthersJobsForHits) {
  Site site;
  site.has_habit(kCarol);
  site.slurm.start(4, kCarol, "n08");  // before there was a hold
  site.pass();
  site.after(10);
  site.slurm.start(5, kDave, site.slurm.seen.reservations[0].nodes[0]);
  site.slurm.start(6, kCarol, "n07");  // not in the hold
  site.pass();
  EXPECT_EQ(site.agent->summary().hits, 0U);
}

TEST(HoldAgent, GivesAHoldBackWhoseJobCameAndWhoseUserIsNotForeseenAgain) {
  Site site;
  site.settings.policy.hold.pool = false;
  site.has_habit(kCarol);
  site.pass();
  site.after(30);
  site.comes(5, kCarol, site.slurm.seen.reservations[0].nodes[0]);
  site.settings.policy.hold.personal_probability_min = 1.0;
  site.pass();
  EXPECT_EQ(site.slurm.take_calls(), (Calls{"create foreshape_1", "release foreshape_1"}));
}

TEST(HoldAgent, OpensThePoolAndExtendsItAsLongAsItLives) {
  Site site;
  site.has_habit(kDave);
  site.pass();
  EXPECT_EQ(site.slurm.take_calls(), Calls{"create foreshape_1"});
  EXPECT_TRUE(site.state.admission.is_open());
  EXPECT_EQ(site.slurm.seen.reservations[0].ends_s, kNow + 60) << "without us it ends within a minute";
  site.events();
  site.after(20);
  site.pass();
  EXPECT_EQ(site.slurm.take_calls(), Calls{"change foreshape_1"});
  EXPECT_EQ(site.slurm.seen.reservations[0].ends_s, kNow + 80);
  EXPECT_TRUE(site.events().empty()) << "which is no step in its life";
}

TEST(HoldAgent, TriesNothingForAMinuteAfterSlurmHasRefused) {
  Site site;
  site.has_habit(kCarol);
  site.slurm.refusal = "no";
  site.pass();
  EXPECT_EQ(site.slurm.take_calls().size(), 1U);
  EXPECT_EQ(site.steps(), (std::vector{HoldPhase::intend, HoldPhase::refused}));
  site.after(10);
  site.pass();
  EXPECT_TRUE(site.slurm.take_calls().empty());
  site.after(50);
  site.slurm.refusal.clear();
  site.pass();
  EXPECT_EQ(site.slurm.take_calls().size(), 1U);
}

TEST(HoldAgent, LeavesTheNodesForAnHourToWhoeverDeletesAHold) {
  Site site;
  site.settings.policy.hold.head_blocked_s = 86'400;
  site.has_habit(kDave);
  site.pass();
  site.slurm.take_calls();
  site.slurm.seen.reservations.clear();
  site.after(10);
  site.pass();
  EXPECT_EQ(site.slurm.take_calls(), Calls{});
  site.after(3590);
  site.has_habit(kDave);
  site.pass();
  EXPECT_EQ(site.slurm.take_calls(), Calls{});
  site.after(20);
  site.pass();
  EXPECT_EQ(site.slurm.take_calls(), Calls{"create foreshape_2"});
}

TEST(HoldAgent, MakesAHoldAnewThatAKilledSlurmctldHasForgotten) {
  Site site;
  site.has_habit(kDave);
  site.pass();
  site.slurm.take_calls();
  site.slurm.seen.reservations.clear();
  site.restart();
  site.after(10);
  site.pass();
  EXPECT_EQ(site.slurm.take_calls(), Calls{"create foreshape_2"});
}

TEST(HoldAgent, RemembersOverARestart) {
  Site site;
  site.has_habit(kCarol);
  site.pass();
  site.after(100);
  site.restart();
  site.pass();
  EXPECT_EQ(site.slurm.take_calls(), Calls{"create foreshape_1"}) << "no second one";
  EXPECT_EQ(site.agent->summary().idle_node_s, 100) << "also while it was down";
  site.after(800);
  site.pass();
  EXPECT_EQ(site.agent->summary().misses, 1U);
  EXPECT_EQ(site.agent->summary().idle_node_s, 900);
}

TEST(HoldAgent, ChargesAnOverrunAlsoOverARestart) {
  Site site;
  site.has_habit(kCarol);
  site.pass();
  site.is_quick(kCarol);
  site.slurm.wait(501, kCarol).requested.limit_s = 600;
  site.after(1);
  site.pass();
  ASSERT_NE(site.slurm.seen.jobs.back().reservation, "") << "let in";
  site.slurm.start(501, kCarol, "n01");
  site.after(5);
  site.pass();
  site.restart();
  site.after(3000);
  site.pass();
  site.pass();
  const auto kept = read_file(site.settings.state_dir + "/holds.json", 1U << 20);
  ASSERT_TRUE(kept);
  const auto state = parse_hold_state(*kept, site.slurm.seen.at_s);
  ASSERT_TRUE(state);
  ASSERT_EQ(state->overruns.records().size(), 1U);
  EXPECT_EQ(state->overruns.records()[0].user, std::to_string(kCarol));
  EXPECT_EQ(state->overruns.records()[0].misses, 1U) << "once";
}

TEST(HoldAgent, ChargesNobodyForAJobThatRanAfterHoldingWasSwitchedOff) {
  Site site;
  site.has_habit(kCarol);
  site.pass();
  site.is_quick(kCarol);
  site.slurm.wait(501, kCarol).requested.limit_s = 600;
  site.after(1);
  site.pass();
  ASSERT_NE(site.slurm.seen.jobs.back().reservation, "") << "let in";
  site.settings.policy.hold.mode = HoldMode::off;
  site.after(5);
  site.pass();
  ASSERT_EQ(site.slurm.seen.jobs.back().reservation, "");
  site.slurm.start(501, kCarol, "n01");
  site.after(3000);
  site.settings.policy.hold.mode = HoldMode::on;
  site.pass();
  site.pass();
  const auto kept = read_file(site.settings.state_dir + "/holds.json", 1U << 20);
  ASSERT_TRUE(kept);
  const auto state = parse_hold_state(*kept, site.slurm.seen.at_s);
  ASSERT_TRUE(state);
  EXPECT_TRUE(state->overruns.records().empty());
}

TEST(HoldAgent, SaysThatItsStateCanNotBeRead) {
  Site site;
  site.pass();
  EXPECT_EQ(site.said, "") << "the first time there is none";
  Site other;
  const std::string file = other.settings.state_dir + "/holds.json";
  std::ofstream(file) << "{}";
  std::filesystem::resize_file(file, 17U << 20);
  other.pass();
  EXPECT_NE(other.said.find("holds.json"), std::string::npos) << other.said;
  EXPECT_NE(other.said.find("beginning anew"), std::string::npos) << other.said;
}

TEST(HoldAgent, ChargesNobodyForAClockThatIsSet) {
  constexpr std::int64_t kDecades = 900'000'000;
  for (const std::int64_t step_s : {kDecades, -kDecades}) {
    SCOPED_TRACE(step_s);
    Site site;
    site.has_habit(kCarol);
    site.pass();
    site.after(10);
    site.pass();
    const std::int64_t before = site.agent->summary().idle_node_s;
    EXPECT_GT(before, 0);
    site.slurm.seen.at_s += step_s;  // and the monotonic clock does not move
    site.pass();
    site.after(10);
    site.pass();
    EXPECT_LE(site.agent->summary().idle_node_s, before + 20 * 4);
  }
}

TEST(HoldAgent, NeverChargesAHoldBeyondItsEndOverARestart) {
  Site site;
  site.has_habit(kCarol);
  site.pass();
  const UnixSeconds ends_s = site.slurm.seen.reservations[0].ends_s;
  site.after(900'000'000);
  site.restart();
  site.pass();
  EXPECT_LE(site.agent->summary().idle_node_s, ends_s - kNow);
}

TEST(HoldAgent, AdoptsItsOwnFromSlurmsListAndReleasesWhatNobodyWants) {
  Site site;
  site.settings.policy.hold.users = {"carol"};
  for (const char* name :
       {"foreshape_7", "foreshape_pool_main_8", "maintenance"})  // the second: as once named
    site.slurm.seen.reservations.push_back(
        {.name = name, .nodes = {"n01"}, .start_s = kNow - 50, .ends_s = kNow + 100});
  site.pass();
  EXPECT_EQ(site.slurm.take_calls(), (Calls{"release foreshape_7", "release foreshape_pool_main_8"}));
  const auto steps = site.steps();
  EXPECT_EQ(std::ranges::count(steps, HoldPhase::adopted), 2);
}

TEST(HoldAgent, DoesNothingInDryRunButSaysWhatItWouldDo) {
  Site site;
  site.settings.policy.hold.mode = HoldMode::dry_run;
  site.has_habit(kCarol);
  site.has_habit(kDave);
  site.pass();
  EXPECT_EQ(site.steps(), (std::vector{HoldPhase::would, HoldPhase::would}));
  EXPECT_FALSE(site.state.admission.is_open()) << "no admission to what is not there";
  site.after(10);
  site.pass();
  EXPECT_TRUE(site.steps().empty());
  site.after(20);
  site.slurm.wait(9, kCarol).submit_s = site.slurm.seen.at_s;
  site.pass();
  EXPECT_EQ(site.agent->summary().hits, 1U) << "the job that would have been served";
  site.after(700);
  site.pass();
  EXPECT_TRUE(site.slurm.take_calls().empty());
}

TEST(HoldAgent, GivesAllBackWhenItIsSwitchedOff) {
  for (const HoldMode mode : {HoldMode::off, HoldMode::dry_run}) {
    Site site;
    site.has_habit(kCarol);
    site.has_habit(kDave);
    site.pass();
    site.slurm.wait(9, 1).reservation = "foreshape_2";
    site.slurm.take_calls();
    site.settings.policy.hold.mode = mode;
    site.pass();
    EXPECT_EQ(site.slurm.take_calls(),
              (Calls{"put 9 into ''", "release foreshape_1", "release foreshape_2"}));
    EXPECT_FALSE(site.state.admission.is_open());
  }
}

TEST(HoldAgent, GivesNothingBackInWhichAJobStillWaits) {
  Site site;
  site.has_habit(kCarol);
  site.pass();
  site.slurm.wait(9, 1).reservation = "foreshape_1";
  site.slurm.refused_jobs = {9};
  site.slurm.take_calls();
  site.settings.policy.hold.mode = HoldMode::off;
  site.pass();
  EXPECT_EQ(site.slurm.take_calls(), Calls{"put 9 into ''"});
  site.slurm.refused_jobs.clear();
  site.pass();
  EXPECT_EQ(site.slurm.take_calls(), (Calls{"put 9 into ''", "release foreshape_1"})) << "at the next pass";
}

TEST(HoldAgent, TakesJobsOutOfHoldsThatHaveEndedWhenItIsSwitchedOff) {
  Site site;
  site.settings.policy.hold.mode = HoldMode::off;
  site.slurm.wait(9, 1).reservation = "foreshape_3";
  site.slurm.wait(10, 1).reservation = "mine,foreshape_3";
  site.slurm.wait(11, 1).reservation = "mine";
  site.pass();
  EXPECT_EQ(site.slurm.take_calls(), (Calls{"put 9 into ''", "put 10 into ''"}));
}

TEST(HoldAgent, DoesNotEvenLookWhileItIsOff) {
  Site site;
  site.settings.policy.hold.mode = HoldMode::off;
  for (int i = 0; i < 5; ++i) site.pass();
  EXPECT_EQ(site.slurm.looks, 1);
}

TEST(HoldAgent, DoesNothingWhileSlurmDoesNotAnswer) {
  Site site;
  site.has_habit(kCarol);
  site.slurm.is_down = true;
  site.pass();
  EXPECT_TRUE(site.slurm.take_calls().empty());
  site.slurm.is_down = false;
  site.pass();
  EXPECT_EQ(site.slurm.take_calls().size(), 1U);
}

TEST(HoldAgent, StaysWithinTheCapWhateverIsForeseen) {
  Site site;
  site.settings.policy.hold.deadline_s = 100;
  site.settings.policy.hold.idle_cap_node_s = 450;
  site.settings.policy.hold.users = {"carol", "dave"};
  for (int minutes = 0; minutes < 500; ++minutes) {  // nobody ever comes
    site.has_habit(kCarol);
    site.has_habit(kDave);
    site.pass();
    site.events();
    site.after(60);
  }
  EXPECT_LE(site.agent->summary().idle_node_s, 450);
  EXPECT_GE(site.agent->summary().idle_node_s, 300);
}

TEST(HoldAgent, ChargesThePoolToWhomItIsHeldForAndTakesItAwayFromWhoCostsTooMuch) {
  Site site;
  site.settings.policy.hold.users.clear();
  site.settings.policy.hold.idle_cap_per_user_node_s = 300;
  site.settings.policy.hold.head_blocked_s = 1'000'000;
  const auto spent = [&] { return site.agent->summary().idle_node_s; };
  int held = 0;
  for (int minutes = 0; minutes < 60; ++minutes) {  // he goes on, and his jobs leave the node idle
    site.has_habit(kDave);
    site.pass();
    site.events();
    held += site.slurm.seen.reservations.empty() ? 0 : 1;
    site.after(60);
  }
  EXPECT_EQ(spent(), 300);
  EXPECT_EQ(held, 5);
  site.has_habit(kCarol);
  site.pass();
  EXPECT_EQ(site.slurm.seen.reservations.size(), 1U) << "others are held for as before";
}

TEST(HoldAgent, BeginsAnewWhereItsStateIsDamaged) {
  Site site;
  for (const char* text : {"", "{", "[]", R"({"version":2})", R"({"version":1,"next_number":"x"})"}) {
    ASSERT_TRUE(replace_file(site.settings.state_dir + "/holds.json", text, 0600));
    site.restart();
    site.pass();
  }
  site.has_habit(kCarol);
  site.pass();
  EXPECT_EQ(site.slurm.take_calls(), Calls{"create foreshape_1"});
}

}  // namespace
}  // namespace foreshape
