// SPDX-License-Identifier: GPL-2.0-or-later
#include "slurm-plugin/state/refusal.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "slurm-plugin/slurm/slurm_release.h"
#include "tests/slurm-plugin/fake_host.h"

namespace foreshape {
namespace {

struct Change {
  job_desc_msg_t job = blank_descriptor();
  char name[32] = "foreshape_3";
  char id[8] = "5";
};

TEST(Refusal, IsForNamesOfOurReservationsOnly) {
  Change change;
  EXPECT_EQ(refusal_of(change.job), nullptr);
  change.job.reservation = change.name;
  EXPECT_NE(refusal_of(change.job), nullptr);
  char own[] = "mine";
  change.job.reservation = own;
  EXPECT_EQ(refusal_of(change.job), nullptr);
}

TEST(Refusal, IsNotForAnotherSizeWhichOnlyTakesTheJobOut) {
  HoldAdmission admission;
  admission.set(true, {}, {5});
  Change change;
  change.job.job_id_str = change.id;
  EXPECT_FALSE(loses_its_place(change.job, admission)) << "nothing of the place is changed";
  change.job.min_nodes = 8;
  EXPECT_TRUE(loses_its_place(change.job, admission));
  EXPECT_EQ(refusal_of(change.job), nullptr);
  char own[] = "mine";
  change.job.reservation = own;
  EXPECT_FALSE(loses_its_place(change.job, admission)) << "it leaves by itself";
  change.job.reservation = nullptr;
  change.id[0] = '6';
  EXPECT_FALSE(loses_its_place(change.job, admission)) << "another job";
}

TEST(PlacedAnew, IsAJobWhosePlaceRestsOnWhatIsChanged) {
  char text[] = "short";
  const struct {
    const char* why;
    void (*change)(job_desc_msg_t&, char*);
    bool is_placed;
  } cases[] = {
      {"nothing", [](job_desc_msg_t&, char*) {}, false},
      {"nodes", [](job_desc_msg_t& job, char*) { job.min_nodes = 1; }, true},
      {"processors of a task", [](job_desc_msg_t& job, char*) { job.cpus_per_task = 1; }, true},
      {"limit", [](job_desc_msg_t& job, char*) { job.time_limit = 5; }, true},
      {"name", [](job_desc_msg_t& job, char* name) { job.name = name; }, true},
      {"comment", [](job_desc_msg_t& job, char* comment) { job.comment = comment; }, false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    Change change;
    change.job.job_id_str = change.id;
    c.change(change.job, text);
    EXPECT_EQ(placed_anew(change.job), c.is_placed ? std::vector<JobKey>{5} : std::vector<JobKey>());
  }
}

// From 25.11 on users may name a job by its SLUID: neither its place in a hold nor that in the order survives
// that.
TEST(Refusal, KnowsAJobByItsSluidToo) {
  constexpr JobKey kSluid = 0xbc064b4483ea1000;
  HoldAdmission admission;
  admission.set(true, {}, {5, kSluid});
  char sluid[] = "sBR1JB8J1YM400";
  Change change;
  change.job.job_id_str = sluid;
  change.job.min_nodes = 8;
  EXPECT_TRUE(loses_its_place(change.job, admission));
  EXPECT_EQ(placed_anew(change.job), std::vector<JobKey>{kSluid});
  sluid[13] = '1';
  EXPECT_FALSE(loses_its_place(change.job, admission)) << "another job";
}

TEST(Refusal, ReadsTheNumberOfTheJobAsSlurmDoes) {
  HoldAdmission admission;
  admission.set(true, {}, {5});
  const struct {
    const char* id;
    bool is_ours;
  } cases[] = {{"5", true},          {"+5", true},
               {" 5", true},         {"0005", true},
               {"5+0", true},        {"5_1", true},
               {"4294967301", true}, {"6", false},
               {"-5", false},        {"", false},
               {"x5", false},        {"55", false},
               {"0", false},         {"99999999999999999999", false}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.id);
    job_desc_msg_t change = blank_descriptor();
    std::string id = c.id;
    change.job_id_str = id.data();
    change.time_limit = 600;
    EXPECT_EQ(loses_its_place(change, admission), c.is_ours);
  }
}

TEST(Refusal, TakesOutAJobOfWhichAnythingIsChangedThatItsPlaceWasFoundFor) {
  HoldAdmission admission;
  admission.set(true, {}, {5});
  static char text[] = "x";
  void (*const changes[])(job_desc_msg_t&) = {
      [](job_desc_msg_t& job) { job.tres_per_job = text; },
      [](job_desc_msg_t& job) { job.tres_per_node = text; },
      [](job_desc_msg_t& job) { job.tres_per_socket = text; },
      [](job_desc_msg_t& job) { job.tres_per_task = text; },
      [](job_desc_msg_t& job) { job.cpus_per_tres = text; },
      [](job_desc_msg_t& job) { job.mem_per_tres = text; },
      [](job_desc_msg_t& job) { job.exc_nodes = text; },
      [](job_desc_msg_t& job) { job.licenses = text; },
      [](job_desc_msg_t& job) { job.burst_buffer = text; },
      [](job_desc_msg_t& job) { job.cluster_features = text; },
      [](job_desc_msg_t& job) { job.pn_min_cpus = 8; },
      [](job_desc_msg_t& job) { job.pn_min_tmp_disk = 8; },
      [](job_desc_msg_t& job) { job.sockets_per_node = 2; },
      [](job_desc_msg_t& job) { job.cores_per_socket = 2; },
      [](job_desc_msg_t& job) { job.threads_per_core = 2; },
      [](job_desc_msg_t& job) { job.ntasks_per_socket = 2; },
      [](job_desc_msg_t& job) { job.contiguous = 1; },
      [](job_desc_msg_t& job) { job.core_spec = 1; },
      [](job_desc_msg_t& job) { job.req_switch = 1; },
  };
  for (const auto change : changes) {
    SCOPED_TRACE(&change - changes);
    job_desc_msg_t job = blank_descriptor();
    job_id_of(job) = 5;
    EXPECT_FALSE(loses_its_place(job, admission));
    change(job);
    EXPECT_TRUE(loses_its_place(job, admission));
  }
}

}  // namespace
}  // namespace foreshape
