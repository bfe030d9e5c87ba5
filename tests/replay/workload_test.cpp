// SPDX-License-Identifier: GPL-2.0-or-later
#include "replay/workload.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace foreshape {
namespace {

class LoadWorkloadTest : public testing::Test {
 protected:
  LoadWorkloadTest() {
    std::string name = testing::TempDir() + "foreshape_load_XXXXXX";
    directory_ = ::mkdtemp(name.data());
  }
  ~LoadWorkloadTest() override { std::filesystem::remove_all(directory_); }
  Result<LoadedWorkload> load(const std::string& text, const LoadOptions& options = {}) const {
    std::ofstream(directory_ + "/t.swf") << text;
    return load_workload(directory_ + "/t.swf", options);
  }

  std::string directory_;
};

constexpr const char* kTrace =
    "; MaxProcs: 8\n; UnixStartTime: 1000\n"
    "1 50 0 30 4 -1 -1 2 100 -1 1 7 1 -1 -1 -1 -1 -1\n"    // fewer asked than allocated
    "2 10 0 300 4 -1 -1 -1 100 -1 1 9 1 -1 -1 -1 -1 -1\n"  // ran longer than requested; earlier than the
                                                           // first
    "3 60 0 30 9 -1 -1 4 100 -1 1 7 1 -1 -1 -1 -1 -1\n"    // allocated more than the machine
    "4 60 0 30 4 -1 -1 9 100 -1 1 7 1 -1 -1 -1 -1 -1\n"    // requested more than the machine
    "5 60 0 0 4 -1 -1 4 100 -1 1 7 1 -1 -1 -1 -1 -1\n"     // never ran
    "6 60 0 30 4 -1 -1 4 -1 -1 1 7 1 -1 -1 -1 -1 -1\n"     // no request
    "7 60 0 30 -1 -1 -1 -1 100 -1 1 7 1 -1 -1 -1 -1 -1\n"  // no processors
    "x\n"
    "8 50 0 30 -1 -1 -1 8 100 -1 1 7 1 -1 -1 -1 -1 -1\n";

TEST_F(LoadWorkloadTest, FollowsTheConventionsOfTheLiterature) {
  const auto loaded = load(kTrace);
  ASSERT_TRUE(loaded) << loaded.error().message;
  const Workload& w = loaded->workload;
  EXPECT_EQ(w.trace, "t.swf");
  EXPECT_EQ(w.procs, 8);
  EXPECT_EQ(w.users, 2U);
  ASSERT_EQ(w.jobs.size(), 3U);
  EXPECT_EQ(w.jobs[0].id, 2U);
  EXPECT_EQ(w.jobs[1].id, 1U);
  EXPECT_EQ(w.jobs[2].id, 8U);
  EXPECT_EQ(w.jobs[0].submit_s, 1010);
  EXPECT_EQ(w.jobs[0].run_s, 100);
  EXPECT_EQ(w.jobs[0].procs, 4);
  EXPECT_EQ(w.jobs[1].procs, 2);
  EXPECT_EQ(w.jobs[1].request.cpus, 2U);
  EXPECT_EQ(loaded->report.rows, 8U);
  EXPECT_EQ(loaded->report.bad.lines(), 1U);
  EXPECT_EQ(loaded->report.capped_runs, 1U);
  std::uint64_t dropped = 0;
  for (const DroppedJobs& d : loaded->report.dropped) dropped += d.jobs;
  EXPECT_EQ(dropped, 5U);
}

TEST_F(LoadWorkloadTest, SaysWhatJobsTakeOfNodes) {
  // 1,000 KB per processor; the trace's own nodes have 4 processors.
  const std::string text =
      "; MaxProcs: 16\n; MaxNodes: 4\n"
      "1 10 0 30 6 -1 -1 6 100 1000 1 7 1 -1 -1 -1 -1 -1\n"
      "2 20 0 30 1 -1 -1 1 100 9000 1 7 1 -1 -1 -1 -1 -1\n"
      "3 30 0 30 2 -1 -1 2 100 -1 1 7 1 -1 -1 -1 -1 -1\n";
  constexpr std::int64_t kKiB = 1'024;
  LoadOptions options;
  options.sharing = Sharing::shared;
  options.cluster = {3, 4, 3'000 * kKiB};
  const auto shared = load(text, options);
  ASSERT_TRUE(shared) << shared.error().message;
  EXPECT_EQ(shared->workload.procs, 12);
  EXPECT_EQ(shared->workload.cluster.nodes, 3);
  ASSERT_EQ(shared->workload.jobs.size(), 2U);  // no node has 9,000 KB
  EXPECT_EQ(shared->report.dropped.at(0).reason, "does not fit on the nodes");
  EXPECT_EQ(shared->workload.jobs[0].demand.cores, 6);
  EXPECT_EQ(shared->workload.jobs[0].demand.memory_per_core, 1'000 * kKiB);
  EXPECT_EQ(shared->workload.jobs[1].demand.memory_per_core, 0);

  options.sharing = Sharing::whole_nodes;
  const auto whole = load(text, options);
  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_EQ(whole->workload.procs, 3);
  EXPECT_EQ(whole->workload.cluster.nodes, 0);  // a pool of nodes
  EXPECT_EQ(whole->workload.jobs.at(0).procs, 2);
  EXPECT_EQ(whole->workload.jobs.at(0).request.cpus, 6U);
  EXPECT_EQ(whole->workload.jobs.at(1).procs, 1);
}

TEST_F(LoadWorkloadTest, SaysWhyItCannotGoOn) {
  const struct {
    const char* why;
    std::string text;
    LoadOptions options;
    const char* want;
  } cases[] = {
      {"strict stops at a bad line", kTrace, {.strict = true}, "t.swf:10: field 'job number'"},
      {"no machine", "1 50 0 30 4 -1 -1 2 100 -1 1 7 1 -1 -1 -1 -1 -1\n", {}, "--procs"},
      {"nothing left", kTrace, {.from_s = 5'000}, "none of 8 rows"},
      {"an empty file", "", {}, "none of 0 rows"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.why);
    const auto loaded = load(c.text, c.options);
    ASSERT_FALSE(loaded);
    EXPECT_NE(loaded.error().message.find(c.want), std::string::npos) << loaded.error().message;
  }
}

TEST_F(LoadWorkloadTest, TakesTheWindowAndTheMachineThatIsRequestedFor) {
  const auto window = load(kTrace, {.from_s = 1'010, .to_s = 1'050});
  ASSERT_TRUE(window);
  EXPECT_EQ(window->workload.jobs.size(), 1U);
  const auto larger = load(kTrace, {.procs = 9});
  ASSERT_TRUE(larger);
  EXPECT_EQ(larger->workload.procs, 9);
  EXPECT_EQ(larger->workload.jobs.size(), 5U);
}

TEST_F(LoadWorkloadTest, JitterMovesOnlySubmissionsAndOnlyForward) {
  const Workload w = load(kTrace)->workload;
  const Workload same = jittered(w, 0, 5);
  const Workload moved = jittered(w, 59, 5);
  EXPECT_EQ(same.jobs[0].id, w.jobs[0].id);
  for (const ReplayJob& job : moved.jobs) {
    const auto before =
        std::find_if(w.jobs.begin(), w.jobs.end(), [&](const ReplayJob& j) { return j.id == job.id; });
    EXPECT_GE(job.submit_s, before->submit_s);
    EXPECT_LE(job.submit_s, before->submit_s + 59);
    EXPECT_EQ(job.request.submit_s, job.submit_s);
  }
}

}  // namespace
}  // namespace foreshape
