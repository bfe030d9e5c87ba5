// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/hold/hold_assigner.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/slurm-plugin/fake_slurm.h"

namespace foreshape {
namespace {

using Calls = std::vector<std::string>;

struct Hall {
  FakeSlurm slurm{4, 1};  // n01 is free
  HoldAdmission admission;
  HoldAssigner assigner{admission};
  std::vector<LiveHold> holds = {live_pool({"n01", "n02"})};
  std::optional<std::int64_t> may_run_s = 60;
  std::set<UserId> barred;
  std::vector<JobId> overran;

  Calls pass() {
    ResourcePool pool;
    pool.at_s = slurm.seen.at_s;
    pool.nodes = slurm.seen.nodes;
    const EntryRules rules{.uid_of = [this](const std::string& name) { return slurm.user_id(name); },
                           .may_run_s = [this](const SeenJob&, const LiveHold&) { return may_run_s; },
                           .is_barred = [this](UserId uid) { return barred.contains(uid); },
                           .overran = [this](const SeenJob& job) { overran.push_back(job.id); }};
    assigner.pass(holds, slurm.seen, pool, rules, slurm);
    return slurm.take_calls();
  }
};

LiveHold carols_hold(std::vector<std::string> nodes) {
  LiveHold hold = live_pool(std::move(nodes));
  hold.kind = HoldKind::personal;
  hold.name = "foreshape_carol_2";
  hold.user = "carol";
  return hold;
}

TEST(HoldAssigner, PutsTheFirstShortJobThatWaitsOnAFreeNode) {
  Hall hall;
  hall.slurm.wait(1, 7).priority = 5;
  hall.slurm.wait(2, 7).priority = 9;
  EXPECT_EQ(hall.pass(), Calls{"put 2 into 'foreshape_pool_main_1'"}) << "there is room for one";
  EXPECT_FALSE(hall.admission.is_open());
  EXPECT_TRUE(hall.admission.is_on_its_way(2));
}

TEST(HoldAssigner, LeavesAloneWhoDoesNotBelong) {
  const struct {
    const char* why;
    void (*change)(SeenJob&);
    bool is_short;
  } cases[] = {
      {"not short", [](SeenJob&) {}, false},
      {"held or not yet eligible", [](SeenJob& job) { job.waits_for_resources = false; }, true},
      {"requested nodes of its own choice", [](SeenJob& job) { job.is_placeable = false; }, true},
      {"has a reservation", [](SeenJob& job) { job.reservation = "mine"; }, true},
      {"another partition", [](SeenJob& job) { job.partitions = {"debug"}; }, true},
      {"several partitions",
       [](SeenJob& job) {
         job.partitions = {"main", "debug"};
       },
       true},
      {"too wide", [](SeenJob& job) { job.requested.nodes = 2; }, true},
      {"more memory than a node has", [](SeenJob& job) { job.requested.memory_per_node_bytes = INT64_MAX; },
       true},
      {"root, whom some releases refuse", [](SeenJob& job) { job.uid = 0; }, true},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    Hall hall;
    c.change(hall.slurm.wait(1, 7));
    if (!c.is_short) hall.may_run_s = std::nullopt;
    EXPECT_TRUE(hall.pass().empty());
  }
}

/// Cores of n04, in both partitions of the fake; the jobs' limit is an hour.
void reserve_cores(FakeSlurm& slurm, std::int64_t starts_in_s, std::int64_t ends_in_s) {
  slurm.seen.reservations.push_back(
      {"course", {"n04"}, slurm.seen.at_s + starts_in_s, slurm.seen.at_s + ends_in_s, true});
}

TEST(HoldAssigner, LetsNobodyInWhoCouldStrayOntoCoresThatOthersReserved) {
  const struct {
    const char* why;
    std::int64_t starts_in_s, ends_in_s;
    bool may_enter;
  } cases[] = {
      {"there now", -60, 60, false},
      {"begins before the job must have ended", 3599, 7200, false},
      {"begins after that", 3600, 7200, true},
      {"over", -60, 0, true},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    Hall hall;
    hall.slurm.wait(1, 7);
    reserve_cores(hall.slurm, c.starts_in_s, c.ends_in_s);
    EXPECT_EQ(!hall.pass().empty(), c.may_enter);
  }
  Hall hall;
  hall.slurm.wait(1, 7);
  reserve_cores(hall.slurm, -60, 60);
  hall.slurm.node("n04").partitions = {"debug"};
  EXPECT_FALSE(hall.pass().empty()) << "in a partition that is not the job's";
}

TEST(HoldAssigner, TakesOutWhoWaitsWhenCoresAreReserved) {
  Hall hall;
  hall.slurm.wait(1, 7);
  EXPECT_EQ(hall.pass(), Calls{"put 1 into 'foreshape_pool_main_1'"});
  reserve_cores(hall.slurm, 0, 60);
  EXPECT_EQ(hall.pass(), Calls{"put 1 into ''"});
}

TEST(HoldAssigner, PutsOneJobOfItsUserIntoAPersonalHoldAndLeavesThePoolToOthers) {
  Hall hall;
  hall.slurm.node("n03").is_free = true;
  hall.holds.push_back(carols_hold({"n03"}));
  hall.slurm.wait(1, 1003);
  hall.slurm.wait(2, 1003);
  hall.slurm.wait(3, 7);
  EXPECT_EQ(hall.pass(), (Calls{"put 1 into 'foreshape_carol_2'", "put 2 into 'foreshape_pool_main_1'"}))
      << "served already, she is like everybody";
}

TEST(HoldAssigner, KeepsAPersonalHoldForJobsThatWereSubmittedSinceItWasMade) {
  Hall hall;
  hall.holds = {carols_hold({"n01"})};
  hall.holds[0].made_s = hall.slurm.wait(1, 1003).submit_s + 1;
  EXPECT_TRUE(hall.pass().empty());
  hall.slurm.wait(2, 1003).submit_s = hall.holds[0].made_s;
  EXPECT_EQ(hall.pass(), Calls{"put 2 into 'foreshape_carol_2'"});
}

TEST(HoldAssigner, PutsTheNextJobIntoAPersonalHoldThatGoesOnAfterTheOneBefore) {
  Hall hall;
  hall.slurm.node("n03").is_free = true;
  hall.holds = {carols_hold({"n03", "n04"})};
  for (const JobState state : {JobState::completed, JobState::running}) {
    SeenJob& before = hall.slurm.wait(state == JobState::running ? 1 : 2, 1003);
    before.reservation = hall.holds[0].name;
    before.state = state;
    before.waits_for_resources = false;
    before.nodes = {"n04"};
  }
  hall.slurm.wait(3, 1003);
  EXPECT_EQ(hall.pass(), Calls{"put 3 into 'foreshape_carol_2'"});
}

TEST(HoldAssigner, KeepsUsersWithAHoldThatWaitsForThemOutOfThePool) {
  Hall hall;
  hall.holds.push_back(carols_hold({"n04"}));  // still busy
  hall.slurm.wait(1, 1003);
  EXPECT_TRUE(hall.pass().empty());
}

TEST(HoldAssigner, GivesNoNodesAwayTwiceWhereAJobStartedElsewhere) {
  Hall hall;
  hall.slurm.wait(1, 7);
  hall.pass();
  hall.slurm.start(1, 7, "n04");  // FLEX
  hall.slurm.wait(2, 8);
  EXPECT_TRUE(hall.pass().empty()) << "n01 is free, but its job runs";
}

TEST(HoldAssigner, TakesOutWhoNamedAHoldByHandOrComesBackAfterARun) {
  Hall hall;
  hall.slurm.wait(1, 7).reservation = "foreshape_pool_main_1";
  hall.slurm.wait(2, 7).reservation = "mine,foreshape_pool_main_1";
  EXPECT_EQ(hall.pass(), (Calls{"put 1 into ''", "put 2 into ''"}));
  Hall other;
  other.slurm.wait(1, 7);
  other.pass();
  other.slurm.start(1, 7, "n01");
  other.pass();
  other.slurm.seen.jobs[0].state = JobState::pending;
  EXPECT_EQ(other.pass(), Calls{"put 1 into ''"});
}

TEST(HoldAssigner, TellsOnceOfAJobThatStaysTooLongAndKeepsItsUserOut) {
  Hall hall;
  hall.slurm.wait(1, 7);
  hall.pass();
  hall.slurm.start(1, 7, "n01");
  hall.slurm.seen.at_s += 60;
  hall.pass();
  EXPECT_TRUE(hall.overran.empty());
  for (int i = 0; i < 3; ++i) {
    hall.slurm.seen.at_s += 1;
    hall.pass();
  }
  EXPECT_EQ(hall.overran, std::vector<JobId>{1});
  hall.barred = {7};
  hall.slurm.node("n02").is_free = true;
  hall.slurm.wait(2, 7);
  EXPECT_TRUE(hall.pass().empty());
}

TEST(HoldAssigner, TakesOutAJobThatDidNotStartAndDoesNotPutItInAgain) {
  Hall hall;
  hall.slurm.wait(1, 7);
  hall.pass();
  hall.slurm.seen.at_s += HoldAssigner::kPatienceSeconds - 1;
  EXPECT_TRUE(hall.pass().empty()) << "Slurm may still be about to start it";
  hall.slurm.seen.at_s += 1;
  hall.pass();
  hall.slurm.seen.at_s += 1;
  Calls calls = hall.pass();
  EXPECT_EQ(hall.slurm.seen.jobs[0].reservation, "");
  hall.slurm.seen.at_s += HoldAssigner::kNotAgainSeconds;
  EXPECT_EQ(hall.pass(), Calls{"put 1 into 'foreshape_pool_main_1'"}) << "until much later";
}

TEST(HoldAssigner, CountsThePlaceOfWhoWasLetInAndHasNotStarted) {
  Hall hall;
  hall.slurm.wait(1, 7);
  hall.pass();
  hall.slurm.wait(2, 7);
  EXPECT_TRUE(hall.pass().empty());
}

TEST(HoldAssigner, TakesJobsOutOfAPoolThatIsGone) {
  Hall hall;
  hall.slurm.wait(1, 7).reservation = "foreshape_pool_main_0";
  hall.holds.clear();
  EXPECT_EQ(hall.pass(), Calls{"put 1 into ''"});
}

TEST(HoldAssigner, ExpectsAJobBeforeItPutsItIn) {
  Hall hall;
  bool is_known = false;
  hall.slurm.at_put = [&](JobId job) { is_known = hall.admission.is_on_its_way(job); };
  hall.slurm.wait(1, 7);
  EXPECT_EQ(hall.pass().size(), 1U);
  EXPECT_TRUE(is_known);
}

TEST(HoldAssigner, TakesOutAJobThatIsNoLongerOfTheSizeItWasLetInWith) {
  void (*const changes[])(SeenJob&) = {[](SeenJob& job) { job.requested.limit_s = 7 * 86'400; },
                                       [](SeenJob& job) { job.requested.nodes = 4; },
                                       [](SeenJob& job) { job.requested.cpus = 256; }};
  for (const auto change : changes) {
    SCOPED_TRACE(&change - changes);
    Hall hall;
    hall.slurm.wait(1, 7);
    hall.pass();
    EXPECT_TRUE(hall.pass().empty());
    change(hall.slurm.seen.jobs[0]);
    EXPECT_EQ(hall.pass(), Calls{"put 1 into ''"});
    EXPECT_TRUE(hall.pass().empty());
  }
}

TEST(HoldAssigner, DoesNotPutAJobInAgainAtOnceWhoseUserTookTheNameAway) {
  Hall hall;
  hall.slurm.wait(1, 7);
  hall.pass();
  hall.slurm.seen.jobs[0].reservation.clear();
  hall.slurm.seen.at_s += 1;
  EXPECT_TRUE(hall.pass().empty());
  hall.slurm.seen.at_s += HoldAssigner::kNotAgainSeconds - 1;
  EXPECT_TRUE(hall.pass().empty());
  hall.slurm.seen.at_s += 1;
  EXPECT_EQ(hall.pass(), Calls{"put 1 into 'foreshape_pool_main_1'"});
}

TEST(HoldAssigner, ChargesAnOverrunAlsoToAJobWhoseUserTookTheNameAwayWhileItRan) {
  Hall hall;
  hall.slurm.wait(1, 7);
  hall.pass();
  hall.slurm.start(1, 7, "n01");
  hall.pass();
  hall.slurm.seen.jobs[0].reservation.clear();
  hall.slurm.seen.at_s += 61;
  hall.pass();
  EXPECT_EQ(hall.overran, std::vector<JobId>{1});
}

TEST(HoldAssigner, CountsARunFromThereOnWhereTheClockWasSet) {
  for (const bool was_seen_to_run : {true, false}) {
    for (const std::int64_t step_s : {900'000, -900'000}) {
      SCOPED_TRACE(std::to_string(step_s) + (was_seen_to_run ? ", seen" : ", started since the last pass"));
      Hall hall;
      hall.slurm.wait(1, 7);
      hall.pass();
      hall.slurm.start(1, 7, "n01");
      if (was_seen_to_run) hall.pass();
      hall.slurm.seen.at_s += step_s;
      hall.assigner.forget_times(hall.slurm.seen.at_s);
      hall.pass();
      hall.slurm.seen.at_s += 60;
      hall.pass();
      EXPECT_TRUE(hall.overran.empty());
      hall.slurm.seen.at_s += 1;
      hall.pass();
      EXPECT_EQ(hall.overran, std::vector<JobId>{1});
    }
  }
}

TEST(HoldAssigner, RemembersOverARestartWhatAnAdmittedJobHasElsewhereThoughItsHoldHasMoved) {
  Hall hall;
  hall.slurm.wait(1, 7);
  hall.pass();
  hall.slurm.start(1, 7, "n01");
  hall.pass();
  hall.holds = {live_pool({"n02"})};
  hall.slurm.node("n02").is_free = true;
  hall.assigner.restore(AdmittedJobs(hall.assigner.admitted()));
  hall.slurm.wait(2, 8);
  EXPECT_EQ(hall.pass(), Calls{"put 2 into 'foreshape_pool_main_1'"}) << "it started where it was meant to";
}

TEST(HoldAssigner, ClearsAPoolThatIsAboutToBeGivenBack) {
  Hall hall;
  hall.slurm.wait(1, 7).reservation = "foreshape_pool_main_1";
  hall.slurm.wait(2, 7).reservation = "maintenance";
  EXPECT_TRUE(hall.assigner.clear({"foreshape_pool_main_1"}, hall.slurm.seen, hall.slurm));
  EXPECT_EQ(hall.slurm.take_calls(), Calls{"put 1 into ''"});
}

TEST(HoldAssigner, ClearsWithCallsOfItsOwnAndSaysWhetherAllAreOut) {
  Hall hall;
  constexpr JobId kJobs = HoldAssigner::kMaxCalls + 10;
  const auto all_wait = [&] {
    hall.slurm.seen.jobs.clear();
    for (JobId id = 1; id <= kJobs; ++id) hall.slurm.wait(id, 7).reservation = "foreshape_1";
  };
  all_wait();
  EXPECT_EQ(hall.pass().size(), HoldAssigner::kMaxCalls);
  all_wait();
  EXPECT_FALSE(hall.assigner.clear({"foreshape_1"}, hall.slurm.seen, hall.slurm)) << "too many for one pass";
  EXPECT_EQ(hall.slurm.take_calls().size(), HoldAssigner::kMaxCalls) << "whatever the last pass used up";
  hall.slurm.refused_jobs = {kJobs};
  EXPECT_FALSE(hall.assigner.clear({"foreshape_1"}, hall.slurm.seen, hall.slurm)) << "Slurm refused one";
  hall.slurm.refused_jobs.clear();
  EXPECT_TRUE(hall.assigner.clear({"foreshape_1"}, hall.slurm.seen, hall.slurm));
}

}  // namespace
}  // namespace foreshape
