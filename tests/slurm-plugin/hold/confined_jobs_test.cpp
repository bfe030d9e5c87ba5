// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/hold/confined_jobs.h"

#include <gtest/gtest.h>

#include "tests/slurm-plugin/fake_slurm.h"

namespace foreshape {
namespace {

using Names = std::set<std::string>;

/// Four nodes, of which n01 and n02 are held; n02 alone is in debug, large and fast.
struct Yard {
  Yard() {
    for (const char* name : {"n01", "n02"}) slurm.node(name).held_by = "foreshape_1";
    slurm.node("n02").partitions = {"main", "debug"};
    slurm.node("n02").memory_bytes = 512 * kGiB;
    slurm.node("n02").features = {"fast", "big"};
    slurm.node("n02").has_gres = true;
  }
  Names after(std::int64_t seconds) {
    slurm.seen.at_s += seconds;
    ResourcePool pool;
    pool.at_s = slurm.seen.at_s;
    pool.nodes = slurm.seen.nodes;
    return confined.update(slurm.seen, pool);
  }
  FakeSlurm slurm{4, 4};
  ConfinedJobs confined;
};

TEST(ConfinedJobs, AreOwedTheHeldNodesThatTheyCanNotDoWithout) {
  const struct {
    const char* why;
    void (*change)(SeenJob&);
    Names want;
  } cases[] = {
      {"can start elsewhere", [](SeenJob&) {}, {}},
      {"a small partition", [](SeenJob& job) { job.partitions = {"debug"}; }, {"n02"}},
      {"a node list", [](SeenJob& job) { job.required_nodes = {"n01"}; }, {"n01"}},
      {"others excluded",
       [](SeenJob& job) {
         job.excluded_nodes = {"n02", "n03", "n04"};
       },
       {"n01"}},
      {"features", [](SeenJob& job) { job.features = "fast&big"; }, {"n02"}},
      {"features that no node has", [](SeenJob& job) { job.features = "fast&new"; }, {}},
      {"features of which one will do", [](SeenJob& job) { job.features = "[fast|new]"; }, {"n02"}},
      {"memory", [](SeenJob& job) { job.requested.memory_per_node_bytes = 300 * kGiB; }, {"n02"}},
      {"generic resources", [](SeenJob& job) { job.wants_gres = true; }, {"n02"}},
      {"three nodes", [](SeenJob& job) { job.requested.nodes = 3; }, {"n01"}},
      {"more than there are", [](SeenJob& job) { job.requested.nodes = 5; }, {}},
      {"held by its user",
       [](SeenJob& job) { job.partitions = {"debug"}, job.waits_for_resources = false; },
       {}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    Yard yard;
    c.change(yard.slurm.wait(1, 7));
    EXPECT_EQ(yard.after(0), Names{});
    EXPECT_EQ(yard.after(ConfinedJobs::kPatienceSeconds - 1), Names{});
    EXPECT_EQ(yard.after(1), c.want);
  }
}

TEST(ConfinedJobs, AreOnlyThoseThatLackNothingButHeldNodes) {
  const struct {
    const char* why;
    void (*change)(SeenJob&);
    Names want;
  } cases[] = {
      {"the whole partition", [](SeenJob& job) { job.requested.nodes = 4; }, {"n01", "n02"}},
      {"a node list",
       [](SeenJob& job) {
         job.required_nodes = {"n01", "n04"};
       },
       {"n01"}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    Yard yard;
    c.change(yard.slurm.wait(1, 7));
    yard.slurm.node("n04").is_free = false;
    yard.after(0);
    EXPECT_EQ(yard.after(10 * ConfinedJobs::kPatienceSeconds), Names{}) << "it waits for n04";
    yard.slurm.node("n04").is_free = true;
    EXPECT_EQ(yard.after(1), Names{});
    EXPECT_EQ(yard.after(ConfinedJobs::kPatienceSeconds), c.want);
    yard.slurm.node("n04").is_free = false;
    EXPECT_EQ(yard.after(1), c.want) << "it may be back at once";
    EXPECT_EQ(yard.after(ConfinedJobs::kPatienceSeconds), Names{}) << "and is not held free for ever";
  }
}

TEST(ConfinedJobs, AreServedInTimeAlsoIfOthersComeInBetween) {
  Yard yard;
  yard.slurm.wait(1, 7).requested.nodes = 4;
  yard.after(0);
  for (int seconds = 0; seconds < ConfinedJobs::kPatienceSeconds; seconds += 20) {
    yard.slurm.node("n04").is_free = false;
    EXPECT_EQ(yard.after(10), Names{});
    yard.slurm.node("n04").is_free = true;
    yard.after(10);
  }
  EXPECT_EQ(yard.after(0), (Names{"n01", "n02"}));
}

TEST(ConfinedJobs, AreFoundBehindAnyNumberOfOthersThatWantTheSameOrNothingHeld) {
  Yard yard;
  constexpr JobId kOthers = 3 * ConfinedJobs::kMaxLooks;
  for (JobId id = 1; id <= kOthers; ++id) yard.slurm.wait(id, 7);
  for (JobId id = 1; id <= kOthers; ++id) {
    SeenJob& job = yard.slurm.wait(kOthers + id, 7);
    job.features = "none";
    job.requested.cpus = id;
  }
  yard.slurm.wait(2 * kOthers + 1, 7).partitions = {"debug"};
  yard.after(0);
  EXPECT_EQ(yard.after(ConfinedJobs::kPatienceSeconds), Names{"n02"});
}

TEST(ConfinedJobs, OfOneUserDoNotKeepOthersFromBeingSeen) {
  Yard yard;
  constexpr JobId kOthers = ConfinedJobs::kMaxLooks + 1;
  for (JobId id = 1; id <= kOthers; ++id)
    yard.slurm.wait(id, 7).requested.memory_per_node_bytes = id;  // each one another wish
  yard.slurm.wait(kOthers + 1, 8).partitions = {"debug"};
  yard.after(0);
  EXPECT_EQ(yard.after(ConfinedJobs::kPatienceSeconds), Names{"n02"});
}

TEST(ConfinedJobs, AreOwedThemUntilTheyNoLongerWait) {
  Yard yard;
  yard.slurm.wait(1, 7).partitions = {"debug"};
  yard.after(0);
  EXPECT_EQ(yard.after(ConfinedJobs::kPatienceSeconds), Names{"n02"});
  yard.slurm.node("n02").held_by.clear();
  EXPECT_EQ(yard.after(5), Names{"n02"}) << "no hold takes it back before Slurm has looked";
  yard.slurm.start(1, 7, "n02");
  EXPECT_EQ(yard.after(5), Names{});
}

}  // namespace
}  // namespace foreshape
