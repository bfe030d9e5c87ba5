// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/agent/order_renewal.h"

#include <cstring>
#include <gtest/gtest.h>

#include "predictor/plan/order_key.h"
#include "slurm-plugin/slurm/slurm_release.h"
#include "slurm-plugin/state/submission.h"
#include "tests/slurm-plugin/fake_host.h"
#include "tests/slurm-plugin/order_site.h"

namespace foreshape {
namespace {

using test::facts_for_order;

constexpr UnixSeconds kNow = 1'700'000'000;
constexpr UserId kUser = 1021;

Settings ordering() {
  Settings settings;
  settings.policy.order.mode = OrderMode::on;
  return settings;
}

/// A user's job that waits, with the place that the plugin gave it at submission.
struct Site {
  explicit Site(const Settings& settings = ordering())
      : clock(kNow),
        state(settings, facts_for_order(), clock, kNow * 1000, [](LogLevel, std::string_view) {}) {
    static char name[] = "relax";
    add_finished(20, 1'200);
    job_desc_msg_t job = blank_descriptor();
    job.name = name;
    job.time_limit = 24 * 60;
    job.min_cpus = 4;
    char* message = nullptr;
    submit(state, job, kUser, &message);
    free_written(job, &message);
    std::memset(&record, 0, sizeof record);
    job_id_of(record) = 7;
    record.user_id = kUser;
    record.job_state = JOB_PENDING;
    record.name = name;
    record.submit_time = kNow;
    record.accrue_time = kNow;
    record.time_limit = 24 * 60;
    record.num_cpus = 4;
    record.num_nodes = 1;
    record.batch_flag = 1;
    record.priority = 1;
    record.site_factor = job.site_factor;
    token = state.tokens.next() - 1;
  }

  void add_finished(std::uint32_t count, std::uint32_t run_s) {
    for (std::uint32_t i = 0; i < count; ++i) {
      PastJob past;
      past.job_id = ++jobs;
      past.uid = kUser;
      past.submit_s = static_cast<std::uint32_t>(kNow) - 900'000 + 1'000 * jobs;
      past.start_s = past.submit_s + 10;
      past.run_s = run_s;
      past.end_s = past.start_s + run_s;
      past.name = folded_name_hash("relax");
      past.requested_limit_s = 86'400;
      past.requested_cpus = 4;
      past.state = JobState::completed;
      state.profiles.add_outcome(past);
    }
  }

  std::vector<NewPlace> due(UnixSeconds now_s) {
    job_info_msg_t list;
    std::memset(&list, 0, sizeof list);
    list.record_count = 1;
    list.last_update = now_s;
    list.job_array = &record;
    return renewal.due(
        list, [this](const slurm_job_info_t&) { return token; }, now_s);
  }

  FakeClock clock;
  RuntimeState state;
  OrderRenewal renewal{state};
  slurm_job_info_t record{};
  SubmissionToken token = 0;
  std::uint32_t jobs = 0;
};

TEST(OrderRenewal, MovesAWaitingJobOnceMoreIsKnown) {
  Site site;
  EXPECT_TRUE(site.due(kNow).empty()) << "nothing is known that was not at its submission";
  site.add_finished(60, 40'000);
  EXPECT_TRUE(site.due(kNow + 299).empty()) << "it is not time yet";
  const auto places = site.due(kNow + 300);
  ASSERT_EQ(places.size(), 1U);
  EXPECT_EQ(places[0].job, 7U);
  EXPECT_LT(NICE_OFFSET + static_cast<std::uint32_t>(places[0].points), site.record.site_factor);
  EXPECT_GT(*places[0].claim_s, 20'000) << "its user's trust is measured by the new prediction";
  EXPECT_EQ(places[0].points, order_points(places[0].offset_s, *facts_for_order().order_scale()));

  ASSERT_EQ(site.due(kNow + 600).size(), 1U) << "Slurm has not taken it";
  site.renewal.done(places[0]);
  site.record.site_factor = NICE_OFFSET + static_cast<std::uint32_t>(places[0].points);
  EXPECT_TRUE(site.due(kNow + 900).empty());
  EXPECT_EQ(site.state.claims.find(site.token), places[0].claim_s);
}

TEST(OrderRenewal, KnowsThePlaceOfAJobThatWasOnTrialAndLeavesItItsAge) {
  static char comment[] =
      "foreshape=0000000000000abc foreshape_trial:1440m,since:1699900000,requeued:7200s (ran as a trial "
      "start, waits on "
      "in its old place)";
  Site site;
  site.add_finished(60, 40'000);
  const std::int64_t offset_s = *site.state.offsets.find(site.token);
  const OrderScale scale = *facts_for_order().order_scale();
  site.record.admin_comment = comment;
  site.record.site_factor = NICE_OFFSET + static_cast<std::uint32_t>(order_points(offset_s - 7'200, scale));
  const auto places = site.due(kNow + 300);
  ASSERT_EQ(places.size(), 1U);
  EXPECT_EQ(places[0].points, order_points(places[0].offset_s - 7'200, scale));
  site.record.accrue_time = kNow + 300 - offset_s + 7'200;
  EXPECT_TRUE(site.due(kNow + 600).empty()) << "it has waited its offset by now, both times together";
}

TEST(OrderRenewal, ChargesAnOverrunOfItsUserToTheJobsThatWait) {
  Site site;
  site.state.overruns.set(UserOverruns({{kUser, 50.0F}}));
  const auto places = site.due(kNow + 300);
  ASSERT_EQ(places.size(), 1U);
  EXPECT_EQ(places[0].offset_s, order_offset_s(50.0 * 1'200, 0, ordering().policy.order));
}

TEST(OrderRenewal, GivesTheWidthDiscountForWhatTheJobRequestsByNow) {
  SiteFacts facts = facts_for_order();
  facts.cpus = 4;
  Site site;
  site.state.facts.set(facts);
  const auto places = site.due(kNow + 300);
  ASSERT_EQ(places.size(), 1U) << "the machine's size has become known";
  site.renewal.done(places[0]);
  site.record.site_factor = NICE_OFFSET + static_cast<std::uint32_t>(places[0].points);
  site.record.num_cpus = 1;
  const auto narrow = site.due(kNow + 600);
  ASSERT_EQ(narrow.size(), 1U);
  EXPECT_GT(narrow[0].offset_s, 5 * places[0].offset_s);
}

TEST(OrderRenewal, PlacesAModifiedJobAnewAtOnceAlsoIfItHasWaited) {
  SiteFacts facts = facts_for_order();
  facts.cpus = 4;
  Site site;
  site.state.facts.set(facts);
  const auto places = site.due(kNow + 300);
  ASSERT_EQ(places.size(), 1U);
  site.renewal.done(places[0]);
  site.record.site_factor = NICE_OFFSET + static_cast<std::uint32_t>(places[0].points);
  const UnixSeconds its_turn_s = kNow + places[0].offset_s + 1'000;
  EXPECT_TRUE(site.due(its_turn_s).empty());
  site.record.num_cpus = 1;
  EXPECT_TRUE(site.due(its_turn_s + 5).empty()) << "nobody said so";
  site.state.modified.note(7, its_turn_s);
  const auto narrow = site.due(its_turn_s + 6);
  ASSERT_EQ(narrow.size(), 1U);
  EXPECT_GT(narrow[0].offset_s, 5 * places[0].offset_s);
  site.renewal.done(narrow[0]);
  site.record.site_factor = NICE_OFFSET + static_cast<std::uint32_t>(narrow[0].points);
  EXPECT_TRUE(site.due(its_turn_s + 7).empty());
}

/// A job of a machine's width, at its place, that has waited its offset by now.
struct WaitedSite : Site {
  WaitedSite() {
    SiteFacts facts = facts_for_order();
    facts.cpus = 4;
    state.facts.set(facts);
    const auto places = due(kNow + 300);
    take(places.at(0));
    its_turn_s = kNow + places.at(0).offset_s + 1'000;
  }
  void take(const NewPlace& place) {
    renewal.done(place);
    record.site_factor = NICE_OFFSET + static_cast<std::uint32_t>(place.points);
  }
  UnixSeconds its_turn_s = 0;
};

TEST(OrderRenewal, PlacesAModifiedJobAgainUntilSlurmHasTakenIt) {
  WaitedSite site;
  site.record.num_cpus = 1;
  site.state.modified.note(7, site.its_turn_s);
  for (const std::int64_t after_s : {10, 20, 30})
    ASSERT_EQ(site.due(site.its_turn_s + after_s).size(), 1U) << "Slurm has refused";
  site.take(site.due(site.its_turn_s + 40).at(0));
  EXPECT_TRUE(site.due(site.its_turn_s + 50).empty());
  EXPECT_TRUE(site.state.modified.look(site.its_turn_s + 50).empty()) << "settled";
}

TEST(OrderRenewal, GivesAModifiedJobUpThatSlurmRefusesForMinutes) {
  WaitedSite site;
  site.record.num_cpus = 1;
  site.state.modified.note(7, site.its_turn_s);
  ASSERT_EQ(site.due(site.its_turn_s + 10).size(), 1U);
  ASSERT_EQ(site.due(site.its_turn_s + ModifiedJobs::kTriedSeconds + 1).size(), 1U) << "for the last time";
  EXPECT_TRUE(site.state.modified.look(site.its_turn_s + ModifiedJobs::kTriedSeconds + 1).empty());
}

TEST(OrderRenewal, PlacesAModifiedJobThatWasHeldOnceItIsReleased) {
  WaitedSite site;
  site.record.num_cpus = 1;
  site.record.priority = 0;
  site.state.modified.note(7, site.its_turn_s);
  EXPECT_TRUE(site.due(site.its_turn_s + 10).empty());
  EXPECT_TRUE(site.due(site.its_turn_s + 20).empty());
  site.record.priority = 1;
  EXPECT_EQ(site.due(site.its_turn_s + 30).size(), 1U);
}

TEST(OrderRenewal, ForgetsAModifiedJobThatNoLongerWaits) {
  WaitedSite site;
  site.state.modified.note(7, site.its_turn_s);
  site.state.modified.note(8, site.its_turn_s);  // not in Slurm's list
  site.record.job_state = JOB_RUNNING;
  EXPECT_TRUE(site.due(site.its_turn_s + 10).empty());
  EXPECT_TRUE(site.state.modified.look(site.its_turn_s + 10).empty());
}

TEST(OrderRenewal, CountsNobodysWaitAtTheNextRenewalAfterMoreModifiedJobsThanItRemembers) {
  WaitedSite site;
  site.record.num_cpus = 1;
  for (JobId job = 1'000; job < 1'000 + ModifiedJobs::kCapacity; ++job)
    site.state.modified.note(job, site.its_turn_s);
  EXPECT_TRUE(site.due(site.its_turn_s + 300).empty())
      << "it has waited, and nobody said that it was changed";
  for (JobId job = 1'000; job < 1'000 + ModifiedJobs::kCapacity; ++job)
    site.state.modified.note(job, site.its_turn_s + 301);
  site.state.modified.note(7, site.its_turn_s + 301);
  EXPECT_EQ(site.due(site.its_turn_s + 600).size(), 1U);
  EXPECT_TRUE(site.due(site.its_turn_s + 900).empty()) << "once";
}

TEST(OrderRenewal, MovesTheTasksOfAnArrayThatWereLeftToTheNextRenewal) {
  Site site;
  site.add_finished(60, 40'000);
  const auto first = site.due(kNow + 300);
  ASSERT_EQ(first.size(), 1U);
  site.renewal.done(first[0]);  // another task's record: this one still has the former site factor
  const auto next = site.due(kNow + 600);
  ASSERT_EQ(next.size(), 1U);
  EXPECT_EQ(next[0].offset_s, first[0].offset_s);
}

TEST(OrderRenewal, LeavesAloneWhatIsNotItsBusiness) {
  const auto moved = [](const char* why, const std::function<void(Site&)>& change, UnixSeconds now_s,
                        const Settings& settings = ordering()) {
    Site site(settings);
    site.add_finished(60, 40'000);
    change(site);
    EXPECT_EQ(site.due(now_s).size(), std::string(why).empty() ? 1U : 0U) << why;
  };
  Settings off = ordering(), never = ordering();
  off.policy.order.mode = OrderMode::off;
  never.policy.order.renew_s = 0;
  const auto nothing = [](Site&) {};
  moved("", nothing, kNow + 300);
  moved("Order=off", nothing, kNow + 300, off);
  moved("OrderRenewal=0", nothing, kNow + 300, never);
  moved(
      "the kill switch", [](Site& s) { s.state.kill_switch = true; }, kNow + 300);
  moved("it waited its offset", nothing, kNow + 8 * 86'400);
  moved(
      "", [](Site& s) { s.record.accrue_time = 0; }, kNow + 8 * 86'400);  // held or dependent: no age yet
  moved(
      "held", [](Site& s) { s.record.priority = 0; }, kNow + 300);
  moved(
      "running", [](Site& s) { s.record.job_state = JOB_RUNNING; }, kNow + 300);
  moved(
      "an administrator's site factor", [](Site& s) { ++s.record.site_factor; }, kNow + 300);
  moved(
      "unknown", [](Site& s) { s.token = 0; }, kNow + 300);
}

}  // namespace
}  // namespace foreshape
