// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/state/submission.h"

#include <array>
#include <cstring>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <variant>

#include "predictor/base/token_tag.h"
#include "predictor/plan/order_key.h"
#include "tests/slurm-plugin/fake_host.h"
#include "tests/slurm-plugin/order_site.h"

namespace foreshape {
namespace {

constexpr UnixSeconds kNow = 1'700'000'000;

/// One submission to a state of its own.
struct Desk {
  explicit Desk(Settings settings = {}, std::size_t queue = 16)
      : clock(kNow),
        state(
            std::move(settings), SiteFacts{}, clock, kNow * 1000, [](LogLevel, std::string_view) {}, queue) {}
  ~Desk() { free_written(job, &message); }
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  void send() { submit(state, job, 1021, &message); }
  std::optional<SubmissionEvent> recorded() {
    std::array<JournalEvent, 1> one;
    if (state.events.take(one) == 0) return std::nullopt;
    return std::get<SubmissionEvent>(one[0]);
  }

  FakeClock clock;
  RuntimeState state;
  job_desc_msg_t job = blank_descriptor();
  char* message = nullptr;
};

/// Twenty finished jobs of the user that used little of what they requested.
void add_history(RuntimeState& state) {
  for (std::uint32_t i = 0; i < 20; ++i) {
    PastJob past;
    past.job_id = i + 1;
    past.uid = 1021;
    past.submit_s = static_cast<std::uint32_t>(kNow) - 100'000 + 1000 * i;
    past.start_s = past.submit_s + 10;
    past.run_s = 1200 + i;
    past.end_s = past.start_s + past.run_s;
    past.name = folded_name_hash("relax");
    past.requested_limit_s = 86'400;
    past.requested_cpus = 4;
    past.requested_memory_kib = 64U << 20;
    past.used_memory_kib = 5U << 20;
    past.state = JobState::completed;
    state.profiles.add_outcome(past);
  }
}

void ask_like_the_history(job_desc_msg_t& job) {
  static char name[] = "relax";
  job.name = name;
  job.time_limit = 24 * 60;
  job.min_cpus = 4;
  job.pn_min_memory = 64 << 10;
}

TEST(Submit, RecordsAndTagsAJobAndChangesNothingElse) {
  Desk desk;
  const job_desc_msg_t before = desk.job;
  desk.send();
  const auto event = desk.recorded();
  ASSERT_TRUE(event);
  EXPECT_STREQ(desk.job.admin_comment, token_tag(event->token).data());
  EXPECT_EQ(event->request.uid, 1021U);
  job_desc_msg_t after = desk.job;
  after.admin_comment = before.admin_comment;
  EXPECT_EQ(std::memcmp(&before, &after, sizeof before), 0);
  EXPECT_EQ(desk.message, nullptr);
  EXPECT_EQ(desk.state.submit_latency.summary().count, 1U);
}

TEST(Submit, PredictsFromTheUsersOwnJobs) {
  Desk desk;
  add_history(desk.state);
  ask_like_the_history(desk.job);
  desk.send();
  const auto event = desk.recorded();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->prediction.evidence, Evidence::user);
  EXPECT_NEAR(event->prediction.of(Resource::run_time).typical, 1210, 60);
  EXPECT_EQ(desk.message, nullptr) << "observe mode tells nobody";
}

TEST(Submit, PassesAJobUnseenWhereItIsSwitchedOff) {
  Settings disabled;
  disabled.enabled = false;
  Settings all_off;
  all_off.policy.modes.fill(Mode::off);
  all_off.policy.hold.mode = HoldMode::off;
  for (const Settings& settings : {disabled, all_off}) {
    Desk desk(settings);
    desk.send();
    EXPECT_EQ(desk.job.admin_comment, nullptr);
    EXPECT_FALSE(desk.recorded());
    EXPECT_EQ(desk.state.jobs.passed, 1U);
  }
  Desk killed;
  killed.state.kill_switch = true;
  killed.send();
  EXPECT_EQ(killed.job.admin_comment, nullptr);
  EXPECT_FALSE(killed.recorded());
}

TEST(Submit, LeavesAJobAloneThatOptedOut) {
  Desk desk;
  static char comment[] = "foreshape=off";
  desk.job.comment = comment;
  desk.send();
  EXPECT_EQ(desk.job.admin_comment, nullptr);
  const auto event = desk.recorded();
  ASSERT_TRUE(event);
  EXPECT_TRUE(event->opted_out);
}

TEST(Submit, SeesAJobOnceWhereItIsListedTwice) {
  Desk desk;
  desk.send();
  const std::string tag = desk.job.admin_comment;
  desk.send();
  EXPECT_EQ(desk.job.admin_comment, tag);
  EXPECT_TRUE(desk.recorded());
  EXPECT_FALSE(desk.recorded());
  EXPECT_EQ(desk.state.jobs.submitted, 1U);
  EXPECT_EQ(desk.state.jobs.again, 1U);
}

TEST(Submit, GoesByTheLeastOfTheModesOfAllListedPlaces) {
  Settings settings;
  settings.policy.modes.fill(Mode::advise);
  settings.policy.rules.push_back({ScopeRule::Kind::partition,
                                   "quiet",
                                   text_hash("quiet"),
                                   {{Mode::observe, Mode::observe, Mode::observe, Mode::observe}}});
  static char both[] = "main,quiet", alone[] = "main";
  for (const auto& [partition, told] : {std::pair{both, false}, std::pair{alone, true}}) {
    Desk desk(settings);
    add_history(desk.state);
    ask_like_the_history(desk.job);
    desk.job.partition = partition;
    desk.send();
    EXPECT_EQ(desk.message != nullptr, told) << partition;
  }
}

TEST(Submit, DoesNotCapAPredictionByADefaultWhereAllMemoryIsRequested) {
  SiteFacts facts;
  facts.default_memory_mib = MEM_PER_CPU | 100;
  Desk desk;
  desk.state.facts.set(facts);
  add_history(desk.state);
  ask_like_the_history(desk.job);
  desk.job.pn_min_memory = 0;
  desk.send();
  const auto event = desk.recorded();
  ASSERT_TRUE(event);
  EXPECT_FALSE(event->request.memory_per_node_bytes);
  ASSERT_TRUE(event->plan.memory_bytes);
  EXPECT_GE(*event->plan.memory_bytes, 5LL << 30) << "as much as the runs before used";
}

TEST(Submit, WritesNoTagWhereTheSiteWantsNone) {
  Settings settings;
  settings.job_tag = false;
  Desk desk(settings);
  desk.send();
  EXPECT_EQ(desk.job.admin_comment, nullptr);
  EXPECT_TRUE(desk.recorded());
}

TEST(Submit, TellsTheUserOnceADayInAdviseMode) {
  Settings settings;
  settings.policy.modes.fill(Mode::advise);
  Desk desk(settings);
  add_history(desk.state);
  ask_like_the_history(desk.job);
  desk.send();
  ASSERT_NE(desk.message, nullptr);
  const std::string text = desk.message;
  EXPECT_EQ(text.rfind("foreshape: your last 20 'relax' jobs used at most ", 0), 0U) << text;
  EXPECT_NE(text.find("requested 24 h"), std::string::npos) << text;
  free_written(desk.job, &desk.message);
  desk.send();
  EXPECT_EQ(desk.message, nullptr);
}

TEST(Submit, PutsTheOrderIntoTheSiteFactor) {
  Settings settings;
  settings.policy.order.mode = OrderMode::on;
  Desk desk(settings);
  add_history(desk.state);
  ask_like_the_history(desk.job);
  desk.send();
  EXPECT_EQ(desk.job.site_factor, NO_VAL) << "the site's priorities are not known to carry it";

  desk.state.facts.set(test::facts_for_order());
  free_written(desk.job, &desk.message);  // another job: with its token it would be the same one again
  desk.send();
  EXPECT_GT(desk.job.site_factor, NICE_OFFSET);
  EXPECT_LE(desk.job.site_factor, NICE_OFFSET + 10'080U);
  EXPECT_EQ(desk.job.time_limit, 24U * 60) << "no time limit is touched";
}

TEST(Submit, TellsSlurmNothingOfAnOrderInADryRun) {
  Settings settings;
  settings.policy.order.mode = OrderMode::dry_run;
  Desk desk(settings);
  add_history(desk.state);
  desk.state.facts.set(test::facts_for_order());
  ask_like_the_history(desk.job);
  desk.send();
  EXPECT_EQ(desk.job.site_factor, NO_VAL);
  EXPECT_EQ(desk.state.jobs.ordered, 0U);
  const auto event = desk.recorded();
  ASSERT_TRUE(event);
  EXPECT_TRUE(event->plan.order_is_dry);
  EXPECT_GT(event->plan.order_offset_s, 0);
  EXPECT_FALSE(desk.state.offsets.find(event->token)) << "there is no place to renew";
  free_written(desk.job, &desk.message);
  static char comment[] = "foreshape=off";
  desk.job.comment = comment;
  desk.send();
  EXPECT_EQ(desk.job.site_factor, NO_VAL) << "nor for who opted out";
  EXPECT_TRUE(desk.recorded()->plan.order_is_dry);
}

TEST(Submit, PutsAnOptedOutJobWhereItsRequestedLimitBelongs) {
  Settings settings;
  settings.policy.order.mode = OrderMode::on;
  Desk desk(settings);
  add_history(desk.state);
  desk.state.facts.set(test::facts_for_order());
  ask_like_the_history(desk.job);
  desk.job.time_limit = 60;
  desk.send();
  const std::uint32_t predicted = desk.job.site_factor;
  EXPECT_TRUE(desk.recorded());
  free_written(desk.job, &desk.message);
  static char comment[] = "foreshape=off";
  desk.job.comment = comment;
  desk.job.site_factor = NO_VAL;
  desk.send();
  EXPECT_EQ(desk.job.admin_comment, nullptr);
  EXPECT_LT(desk.job.site_factor, predicted) << "nothing is gained by it";
  const std::int64_t hour = order_offset_s(3'600, 0, settings.policy.order);
  EXPECT_EQ(desk.recorded()->plan.order_offset_s, hour);
  EXPECT_EQ(desk.job.site_factor, NICE_OFFSET + 10'080U - static_cast<std::uint32_t>((hour + 30) / 60));
}

TEST(Submit, RemembersWhatAJobsPlaceInTheOrderRestsOn) {
  Settings settings;
  settings.policy.order.mode = OrderMode::on;
  Desk desk(settings);
  add_history(desk.state);
  ask_like_the_history(desk.job);
  desk.state.overruns.set(UserOverruns({{1021, 10.0F}}));
  desk.send();
  const auto event = desk.recorded();
  ASSERT_TRUE(event);
  const auto claim = desk.state.claims.find(event->token);
  ASSERT_TRUE(claim);
  EXPECT_NEAR(*claim, 1210, 60) << "the prediction itself, or nobody's trust would ever come back";
  EXPECT_GT(*event->plan.order_offset_s, order_offset_s(1'300, 0, settings.policy.order));
}

TEST(Submit, NamesNoReservationButHasTheAgentLookSoonForAJobThatAHoldMayServe) {
  Settings settings;
  settings.policy.hold.mode = HoldMode::on;
  Desk desk(settings);
  add_history(desk.state);
  ask_like_the_history(desk.job);
  static char partition[] = "main";
  desk.job.partition = partition;
  desk.job.time_limit = 60;  // a day would be more than ten times what is predicted
  desk.send();
  EXPECT_FALSE(desk.state.admission.look_is_due()) << "nothing is held";
  free_written(desk.job, &desk.message);
  desk.state.admission.set(true, {}, {});
  desk.send();
  EXPECT_EQ(desk.job.reservation, nullptr) << "a job must not depend on a name that may be gone";
  EXPECT_TRUE(desk.state.admission.look_is_due());
}

TEST(Submit, PassesJobsAndCountsTheLossWhereTheQueueIsFull) {
  Desk desk({}, 1);
  for (int i = 0; i < 3; ++i) {
    desk.send();
    EXPECT_NE(desk.job.admin_comment, nullptr);
    free_written(desk.job, &desk.message);
  }
  EXPECT_EQ(desk.state.events.lost(), 2U);
}

TEST(RuntimeState, SwitchesItselfToObserveAfterTooManyFaultsAndSaysSo) {
  Settings settings;
  settings.policy.modes.fill(Mode::advise);
  settings.policy.order.mode = OrderMode::on;
  settings.policy.rules.push_back(
      {ScopeRule::Kind::partition, "debug", 7, {{Mode::advise, Mode::off, {}, {}}}});
  settings.fault_limit = 3;
  Desk desk(settings);
  for (int i = 0; i < 3; ++i) desk.state.fault("job_submit", "broken");
  EXPECT_FALSE(desk.state.observe_only);
  desk.state.fault("job_submit", "broken");
  EXPECT_TRUE(desk.state.observe_only);
  const auto now = desk.state.settings.get();
  EXPECT_EQ(now->policy.modes[0], Mode::observe);
  EXPECT_EQ(now->policy.rules[0].modes.modes[0], Mode::observe);
  EXPECT_EQ(now->policy.rules[0].modes.modes[1], Mode::off);
  EXPECT_EQ(now->policy.order.mode, OrderMode::off);
  std::array<JournalEvent, 1> one;
  ASSERT_EQ(desk.state.events.take(one), 1U);
  EXPECT_TRUE(std::holds_alternative<NoticeEvent>(one[0]));

  const auto before = desk.state.settings.get();
  desk.state.replace_settings(settings);
  EXPECT_FALSE(desk.state.observe_only);
  EXPECT_FALSE(desk.state.only_observe(before)) << "faults of the settings before say nothing of these";
  EXPECT_FALSE(desk.state.observe_only);
  EXPECT_EQ(desk.state.settings.get()->policy.modes[0], Mode::advise);
}

}  // namespace
}  // namespace foreshape
