#include "slurm-plugin/hold_agent.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/predictor/model/made_model.h"
#include "tests/slurm-plugin/fake_slurm.h"

namespace foreshape {
namespace {

using Calls = std::vector<std::string>;
using Step = HoldEvent::Step;
using Action = HoldEvent::Action;
using Mode = HoldPolicy::Mode;

constexpr UserId kCarol = 1003, kDave = 1004;

std::string new_folder() {
  std::string folder = testing::TempDir() + "hold_agent." + std::to_string(::getpid()) + "." +
                       testing::UnitTest::GetInstance()->current_test_info()->name();
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

/// Eight busy nodes of which two will soon be free, others who wait, and a Runtime's state around an agent.
struct Site {
  Site() {
    settings.state_dir = new_folder();
    settings.agent_interval_s = 10;
    settings.policy.hold.mode = Mode::on;
    settings.policy.hold.users = {"carol"};
    settings.policy.hold.pool_share_max = 0.5;
    settings.policy.hold.pool_factor = 1.0;
    state.replace_settings(settings);
    slurm.wait(77, 4242).is_placeable = false;
  }
  ~Site() { std::filesystem::remove_all(settings.state_dir); }

  /// Every minute up to ten seconds ago: the next one comes within the quarter of an hour.
  void has_habit(UserId uid, std::uint32_t run_s = 60) {
    for (std::uint32_t minutes = 0; minutes < 8; ++minutes) {
      Submission submission;
      submission.submit_s = static_cast<std::uint32_t>(slurm.seen.at_s) - 10 - 60 * minutes;
      submission.partition = text_hash("main");
      submission.cpus = 64;
      submission.predicted_run_s = run_s;
      state.profiles.add_submission(uid, submission);
    }
  }
  /// Time goes by in Slurm and for us.
  void after(std::int64_t seconds) {
    slurm.seen.at_s += seconds;
    clock.advance(seconds);
  }
  void pass() { agent->pass(settings.policy); }
  void restart() { agent = std::make_unique<HoldAgent>(state, slurm); }

  std::vector<HoldEvent> events() {
    std::vector<JournalEvent> all(100);
    all.resize(state.events.take(all));
    std::vector<HoldEvent> holds;
    for (const JournalEvent& event : all)
      if (const auto* hold = std::get_if<HoldEvent>(&event)) holds.push_back(*hold);
    return holds;
  }
  std::vector<Step> steps() {
    std::vector<Step> steps;
    for (const HoldEvent& event : events()) steps.push_back(event.step);
    return steps;
  }

  FakeSlurm slurm{8, 2};
  FakeClock clock{kNow};
  Settings settings;
  RuntimeState state{Settings{}, SiteFacts{}, clock, kNow * 1000, [](LogLevel, std::string_view) {}};
  std::unique_ptr<HoldAgent> agent = std::make_unique<HoldAgent>(state, slurm);
};

TEST(HoldAgent, HoldsANodeForAForeseenUserAndRecordsBeforeAndAfter) {
  Site site;
  site.has_habit(kCarol);
  site.pass();
  EXPECT_EQ(site.slurm.take_calls(), Calls{"create foreshape_carol_1"});
  const auto events = site.events();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].step, Step::intend);
  EXPECT_EQ(events[1].step, Step::done);
  EXPECT_EQ(events[1].action, Action::create);
  EXPECT_EQ(events[1].user.view(), "carol");
  EXPECT_EQ(events[1].deadline_s, kNow + 600);
  EXPECT_EQ(site.slurm.seen.reservations[0].ends_s, kNow + 600) << "Slurm itself gives it back then";
  site.after(10);
  site.pass();
  EXPECT_TRUE(site.slurm.take_calls().empty()) << "nothing to do twice";
}

TEST(HoldAgent, ForecastsByTheServedModelWhereItHasArrivalsAndSaysSo) {
  Site site;
  site.has_habit(kCarol);
  site.state.model.set({std::make_shared<const ServingNetwork>(test::made_model()), {}});
  site.pass();
  EXPECT_STREQ(site.agent->summary().forecaster, "gaps") << "a model without them";
  EXPECT_EQ(site.agent->summary().forecast_by_network, 0U);
  EXPECT_NE(std::string(site.events()[0].reason.view()).find(", by gaps"), std::string::npos);

  Site other;
  other.has_habit(kCarol);
  other.state.model.set({std::make_shared<const ServingNetwork>(test::made_model_with_arrivals()), {}});
  other.pass();
  const HoldSummary& summary = other.agent->summary();
  EXPECT_STREQ(summary.forecaster, "model");
  EXPECT_EQ(summary.forecast_users, 1U);
  EXPECT_EQ(summary.forecast_by_network, 1U);
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
  site.after(600);  // Slurm has given it back
  site.has_habit(kCarol);
  site.pass();
  const auto events = site.events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].step, Step::released);
  EXPECT_EQ(events[0].idle_node_s, 600) << "a free node was held while another job waited";
  EXPECT_EQ(site.agent->summary().misses, 1U);
  EXPECT_EQ(site.slurm.take_calls(), Calls{"create foreshape_carol_1"}) << "and no new one";
  site.after(600);
  site.has_habit(kCarol);
  site.pass();
  EXPECT_EQ(site.slurm.take_calls(), Calls{"create foreshape_carol_2"}) << "once the bar is over";
}

TEST(HoldAgent, CountsAJobThatStartedInAHoldOnceAndGoesOn) {
  Site site;
  site.has_habit(kCarol);
  site.pass();
  site.events();
  site.after(30);
  const std::string node = site.slurm.seen.reservations[0].nodes[0];
  site.slurm.start(5, kCarol, node);  // without the reservation's name: FLEX
  site.pass();
  const auto events = site.events();
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events[0].step, Step::hit);
  EXPECT_EQ(events[0].job_id, 5U);
  EXPECT_EQ(events[0].idle_node_s, 30);
  ASSERT_EQ(site.slurm.seen.reservations.size(), 1U);
  EXPECT_EQ(site.slurm.seen.reservations[0].ends_s, kNow + 630) << "the next one is foreseen as well";
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
  site.slurm.start(5, kCarol, site.slurm.seen.reservations[0].nodes[0]);
  site.pass();
  EXPECT_EQ(site.slurm.seen.reservations[0].ends_s, kNow + 602);
  site.settings.policy.hold.personal_probability_min = 1.0;  // foreseen no longer: but it is a promise
  site.after(2);
  site.pass();
  EXPECT_EQ(site.slurm.seen.reservations.size(), 1U);
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
  site.slurm.start(5, kCarol, site.slurm.seen.reservations[0].nodes[0]);
  site.settings.policy.hold.personal_probability_min = 1.0;
  site.pass();
  EXPECT_EQ(site.slurm.take_calls(), (Calls{"create foreshape_carol_1", "release foreshape_carol_1"}));
}

TEST(HoldAgent, OpensThePoolsDoorAndExtendsItAsLongAsItLives) {
  Site site;
  site.has_habit(kDave);
  site.pass();
  EXPECT_EQ(site.slurm.take_calls(), Calls{"create foreshape_pool_main_1"});
  EXPECT_EQ(site.state.pool.free_nodes(), 1U);
  EXPECT_EQ(site.slurm.seen.reservations[0].ends_s, kNow + 60) << "without us it ends within a minute";
  site.events();
  site.after(20);
  site.pass();
  EXPECT_EQ(site.slurm.take_calls(), Calls{"change foreshape_pool_main_1"});
  EXPECT_EQ(site.slurm.seen.reservations[0].ends_s, kNow + 80);
  EXPECT_TRUE(site.events().empty()) << "which is no step in its life";
  const auto door = site.state.pool.enter(7, text_hash("main"), 1, 64);
  ASSERT_TRUE(door);
  EXPECT_EQ(door->view(), "foreshape_pool_main_1");
}

TEST(HoldAgent, TriesNothingForAMinuteAfterSlurmHasRefused) {
  Site site;
  site.has_habit(kCarol);
  site.slurm.refusal = "no";
  site.pass();
  EXPECT_EQ(site.slurm.take_calls().size(), 1U);
  EXPECT_EQ(site.steps(), (std::vector{Step::intend, Step::refused}));
  site.after(10);
  site.pass();
  EXPECT_TRUE(site.slurm.take_calls().empty());
  site.after(50);
  site.slurm.refusal.clear();
  site.pass();
  EXPECT_EQ(site.slurm.take_calls().size(), 1U);
}

TEST(HoldAgent, RemembersOverARestart) {
  Site site;
  site.has_habit(kCarol);
  site.pass();
  site.after(100);
  site.restart();
  site.pass();
  EXPECT_EQ(site.slurm.take_calls(), Calls{"create foreshape_carol_1"}) << "no second one";
  EXPECT_EQ(site.agent->summary().idle_node_s, 100) << "also while it was down";
  site.after(500);
  site.pass();
  EXPECT_EQ(site.agent->summary().misses, 1U);
  EXPECT_EQ(site.agent->summary().idle_node_s, 600);
}

TEST(HoldAgent, AdoptsItsOwnFromSlurmsListAndReleasesWhatNobodyWants) {
  Site site;
  site.settings.policy.hold.users = {"carol"};
  site.slurm.seen.reservations = {{.name = "foreshape_carol_7",
                                   .partition = "main",
                                   .user = "carol",
                                   .nodes = {"n01"},
                                   .start_s = kNow - 50,
                                   .ends_s = kNow + 100,
                                   .is_magnetic = true},
                                  {.name = "foreshape_erin_8",
                                   .partition = "main",
                                   .user = "erin",
                                   .nodes = {"n02"},
                                   .start_s = kNow - 50,
                                   .ends_s = kNow + 100,
                                   .is_magnetic = true},
                                  {.name = "foreshape_pool_main_9",
                                   .partition = "main",
                                   .user = "",
                                   .nodes = {"n03"},
                                   .start_s = kNow - 50,
                                   .ends_s = kNow + 100,
                                   .is_magnetic = false},
                                  {.name = "maintenance",
                                   .partition = "main",
                                   .user = "",
                                   .nodes = {"n04"},
                                   .start_s = kNow - 50,
                                   .ends_s = kNow + 100,
                                   .is_magnetic = false}};
  site.pass();
  EXPECT_EQ(site.slurm.take_calls(), (Calls{"release foreshape_erin_8", "release foreshape_pool_main_9"}));
  const auto steps = site.steps();
  EXPECT_EQ(std::ranges::count(steps, Step::adopted), 3);
}

TEST(HoldAgent, DoesNothingInDryRunButSaysWhatItWouldDo) {
  Site site;
  site.settings.policy.hold.mode = Mode::dry_run;
  site.has_habit(kCarol);
  site.has_habit(kDave);
  site.pass();
  EXPECT_EQ(site.steps(), (std::vector{Step::would, Step::would}));
  EXPECT_EQ(site.state.pool.free_nodes(), 0U) << "no door to what is not there";
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
  for (const Mode mode : {Mode::off, Mode::dry_run}) {
    Site site;
    site.has_habit(kCarol);
    site.has_habit(kDave);
    site.pass();
    site.slurm.wait(9, 1).reservation = "foreshape_pool_main_2";
    site.slurm.take_calls();
    site.settings.policy.hold.mode = mode;
    site.pass();
    EXPECT_EQ(site.slurm.take_calls(),
              (Calls{"put 9 into ''", "release foreshape_carol_1", "release foreshape_pool_main_2"}));
    EXPECT_EQ(site.state.pool.free_nodes(), 0U);
  }
}

TEST(HoldAgent, DoesNotEvenLookWhileItIsOff) {
  Site site;
  site.settings.policy.hold.mode = Mode::off;
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

TEST(HoldAgent, BeginsAnewWhereItsStateIsDamaged) {
  Site site;
  for (const char* text : {"", "{", "[]", R"({"version":2})", R"({"version":1,"next_number":"x"})"}) {
    ASSERT_TRUE(replace_file(site.settings.state_dir + "/holds.json", text, 0600));
    site.restart();
    site.pass();
  }
  site.has_habit(kCarol);
  site.pass();
  EXPECT_EQ(site.slurm.take_calls(), Calls{"create foreshape_carol_1"});
}

}  // namespace
}  // namespace foreshape
